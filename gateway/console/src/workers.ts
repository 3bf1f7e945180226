/** Where Monaco, GraphiQL's editor, gets its workers: from this origin, as the content security policy asks. */
Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker(_id: string, label: string) {
      const file = label === 'json' || label === 'graphql' ? SOUK_WORKERS[label] : SOUK_WORKERS.editor;
      return new Worker(`/console/${file}`);
    },
  },
});

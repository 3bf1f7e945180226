/** Exit status 0 when the process in this container takes traffic. */
const response = await fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).catch(() => undefined);
process.exit(response?.ok ? 0 : 1);

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { graphqlClient } from './graphqlClient.js';

const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += String(chunk);
  });
  request.on('end', () => {
    const { query } = JSON.parse(body) as { query: string };
    response.setHeader('x-request-id', 'req_42');
    if (query.includes('broken')) response.end('<html>');
    else if (query.includes('refused')) response.end(JSON.stringify({ data: null, errors: [{ message: 'no way' }] }));
    else response.end(JSON.stringify({ data: { hello: request.headers['x-length'] } }));
  });
});
let url = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

test('headers may depend on the body', async () => {
  const client = graphqlClient(url, (body) => ({ 'x-length': String(body.length) }));
  expect(await client.request('{ hello }')).toEqual({ hello: String('{"query":"{ hello }","variables":{}}'.length) });
});

test('a failure tells the query, the variables, the body and the request id', async () => {
  const failure = await graphqlClient(url)
    .request('{ refused }', { id: 7 })
    .catch((error: Error) => error.message);
  expect(failure).toContain('no way');
  expect(failure).toContain('request id req_42');
  expect(failure).toContain('query: { refused }');
  expect(failure).toContain('variables: {"id":7}');
  expect(failure).toContain('body: {"data":null');
});

test('an answer that is not GraphQL is a failure even where errors are expected', async () => {
  await expect(graphqlClient(url).send('{ broken }')).rejects.toThrow('the answer is not JSON');
  expect((await graphqlClient(url).send('{ refused }')).errors).toEqual([{ message: 'no way' }]);
});

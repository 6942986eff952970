import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { type Bench, startBench, Visitor } from '../testing/harness.ts';

/** The parts of OpenAPI 3.1 that a client generator relies on. */
const schemaObject = z.record(z.string(), z.unknown());
const media = z.record(z.string(), z.object({ schema: schemaObject }));
const operation = z.strictObject({
  operationId: z.string().regex(/^[a-z_]+$/),
  summary: z.string().min(5),
  description: z.string().min(5),
  tags: z.array(z.string()).length(1),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query']),
        required: z.boolean().optional(),
        schema: schemaObject,
      }),
    )
    .optional(),
  requestBody: z.object({ required: z.boolean(), content: media }).optional(),
  responses: z.record(
    z.string().regex(/^(\d{3}|default)$/),
    z.object({ description: z.string().min(1), content: media.optional() }),
  ),
});
const document = z.object({
  openapi: z.literal('3.1.0'),
  info: z.object({ title: z.string(), version: z.string() }),
  paths: z.record(
    z.string().startsWith('/api/v1/'),
    z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), operation),
  ),
  components: z
    .object({
      securitySchemes: z.record(z.string(), z.object({ type: z.enum(['http', 'apiKey']) }).loose()),
      schemas: z.record(z.string(), schemaObject).optional(),
    })
    .loose(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
});

let bench: Bench;
let raw: unknown;
beforeAll(async () => {
  bench = await startBench();
  raw = (await new Visitor(bench).ask('GET', 'openapi.json')).body;
});
afterAll(() => bench.close());

test('the document is OpenAPI 3.1 with every path parameter declared and every operation named once', () => {
  const { paths, components, security } = document.parse(raw);
  const names: string[] = [];
  for (const [path, operations] of Object.entries(paths))
    for (const [method, found] of Object.entries(operations)) {
      if (!found) continue;
      names.push(found.operationId);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      const declared = (found.parameters ?? []).filter((parameter) => parameter.in === 'path');
      expect(
        declared.map(({ name }) => name),
        path,
      ).toEqual(inPath);
      for (const parameter of declared) expect(parameter.required, path).toBe(true);
      expect(found.responses.default?.content?.['application/json'], path).toBeDefined();
      if (method === 'get' || method === 'delete') expect(found.requestBody, path).toBeUndefined();
    }
  expect(new Set(names).size).toBe(names.length);
  for (const scheme of security.flatMap(Object.keys))
    expect(components.securitySchemes).toHaveProperty(scheme);
});

test('every reference leads somewhere', () => {
  const text = JSON.stringify(raw);
  for (const [, pointer] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = (pointer ?? '').split('/').reduce<unknown>((node, key) => {
      const parsed = z.record(z.string(), z.unknown()).safeParse(node);
      return parsed.success ? parsed.data[key] : undefined;
    }, raw);
    expect(target, pointer).toBeDefined();
  }
});

test('uploads, numbers and waiting are described', () => {
  const { paths } = document.parse(raw);
  const models = paths['/api/v1/projects/{project}/models']?.post;
  expect(models?.requestBody?.content).toHaveProperty('multipart/form-data');
  expect(models?.parameters?.map(({ name }) => name)).toEqual(['project', 'name', 'step', 'progress']);
  const queries = paths['/api/v1/projects/{project}/queries']?.post;
  expect(Object.keys(queries?.responses ?? {})).toEqual(['200', '202', 'default']);
  const results = paths['/api/v1/results/{id}']?.get;
  expect(Object.keys(results?.responses['200']?.content ?? {})).toContain('application/x-safetensors');
  const split = paths['/api/v1/projects/{project}/datasets/{name}/splits/{split}/export']?.get;
  expect(Object.keys(split?.responses['200']?.content ?? {})).toEqual(['application/x-safetensors']);
});

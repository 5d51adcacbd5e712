// Every read of the contract with the generated client; what was answered goes to the standard output as JSON.
import createClient from "openapi-fetch";

import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };

const [, , baseUrl = "", key = ""] = process.argv;
const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });

type Band = components["schemas"]["Band"];
const LOW: Band[] = ["very_dissatisfied", "dissatisfied"];

function got<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) {
    throw new Error(JSON.stringify(answer.error));
  }
  return answer.data;
}

const path = { id: "C-1001" };
const summary = got(await client.GET("/v1/customers/{id}/satisfaction", { params: { path } }));
const low: boolean = summary.band !== null && LOW.includes(summary.band);
const batch = got(
  await client.GET("/v1/customers/satisfaction", { params: { query: { id: ["C-1001", "nobody"] } } }),
);
const page = got(await client.GET("/v1/customers/{id}/results", { params: { path, query: { limit: 1 } } }));
const latest = got(await client.GET("/v1/customers/{id}/results/latest", { params: { path } }));
const person = { id: "501" };
const theirs = got(await client.GET("/v1/respondents/{id}/results", { params: { path: person } }));
const newest = got(await client.GET("/v1/respondents/{id}/results/latest", { params: { path: person } }));
const standing = got(await client.GET("/v1/customers", { params: { query: { band: LOW, limit: 2 } } }));
const changes = got(
  await client.GET("/v1/changes", { params: { query: { kind: ["crossed_below"], since: "2020-01-01T00:00:00Z" } } }),
);
const surveys = got(await client.GET("/v1/surveys"));
const scales = got(await client.GET("/v1/surveys/{id}/scales", { params: { path: { id: 4711 } } }));
const unmapped = got(await client.GET("/v1/unmapped"));
const explained = got(
  await client.POST("/v1/explain", { body: { alternatives: ["Nöjd", "Missnöjd"], question: "Är du nöjd?" } }),
);
const health = got(await client.GET("/healthz"));
const { error: refused } = await client.GET("/v1/changes", { params: { query: { cursor: "x" } } });

console.log(
  JSON.stringify({
    band: summary.band,
    low,
    batch: batch.customers.map((one) => one.answered),
    page: [page.results.length, page.has_more],
    latest: latest.latest?.answers[0]?.kind,
    theirs: theirs.results.map((result) => result.customer_id)[0],
    newest: newest.latest?.answer_set_id,
    standing: standing.customers.every((one) => one.band !== null && LOW.includes(one.band)),
    changes: changes.changes.every((change) => change.kind === "crossed_below"),
    surveys: surveys.surveys.map((survey) => survey.id),
    scales: scales.items.length > 0,
    unmapped: Array.isArray(unmapped.wordings),
    explained: explained.steps.map((step) => step.score),
    health: health.status,
    refused: refused?.type,
  }),
);

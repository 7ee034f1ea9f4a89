// Writes src/api/schema.ts: the types of what the server answers, from its OpenAPI document.
import { readFileSync, writeFileSync } from "node:fs";
import openapiTS, { astToString } from "openapi-typescript";

const { openapi, info, components } = JSON.parse(readFileSync("../internal/httpapi/openapi.json", "utf8"));
const types = await openapiTS({ openapi, info, paths: {}, components: { schemas: components.schemas } });
writeFileSync(process.argv[2], `// Generated from the OpenAPI document by make console. Do not edit.\n\n${astToString(types)}`);

import schema from "../../../gateway/route/document/config.schema.json";
import type { Schema } from "../editor/complete";

/** The schema of configs, which a test of the server holds to what it reads. */
export const configSchema = schema as Schema;

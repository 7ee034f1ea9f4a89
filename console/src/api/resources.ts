// The objects of the admin API by the names that the console uses. schema.ts is generated.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type APIKey = Schemas["ApiKey"];
export type VirtualKey = Schemas["VirtualKey"];
export type Member = Schemas["Member"];
export type Team = Schemas["Team"];
export type Config = Schemas["Config"];
export type Prompt = Schemas["Prompt"];
export type PromptVersion = Schemas["Version"];
export type OwnSession = Schemas["Listed"];
export type AuditEvent = Schemas["Row"];
export type ChainCheck = Schemas["Verdicts"];
export type Usage = Schemas["UsageOfAdmin"];
export type Sums = Schemas["Sums"];
export type SumRow = Schemas["SumRow"];
export type UsageRow = Schemas["UsageRow"];
export type Budget = Schemas["Budget"];
export type Wallet = Schemas["Wallet"];
export type Credit = Schemas["Credit"];
export type LedgerCheck = Schemas["Verification"];
export type BudgetAccount = Schemas["AccountEntry"];
export type RateLimit = Schemas["RateLimit"];
export type PriceRule = Schemas["Rule"];
export type PriceSettings = Schemas["Settings"];
export type AlertTarget = Schemas["Target"];
export type AlertTest = Schemas["Test"];
export type CredentialTest = Schemas["CredentialTest"];
export type ConfigVersion = Schemas["ConfigVersion"];
export type Explanation = Schemas["Explanation"];

export type CacheState = Schemas["CacheState"];
export type CacheReport = Schemas["CacheReport"];
export type CacheGroup = Schemas["GroupReport"];
export type CacheAnswers = Schemas["AnswerCount"];
export type CacheExplanation = Schemas["ExplanationOfAnswercache"];
export type CacheNeighbour = Schemas["ExplainedNeighbour"];
export type ServerState = Schemas["ServerState"];
export type DryRunAnswer = Schemas["DryRun"];
export type DryRunTarget = Schemas["PlannedTarget"];
export type TextTrial = Schemas["TextTrial"];
export type SignInMethods = Schemas["SignInMethods"];

export type CallSession = Schemas["Session"];
export type Facets = Schemas["Facets"];
export type SavedView = Schemas["View"];

export type ExperimentArm = Schemas["ExperimentArm"];
export type Experiment = Omit<Schemas["Experiment"], "arms"> & { arms: ExperimentArm[] };
export type ExperimentResults = Experiment & Omit<Schemas["Results"], "arms" | "results"> & { results: ArmResults[] };
export type ArmResults = Schemas["ArmResults"];
export type Measure = Schemas["Measure"];
export type Difference = Schemas["Difference"];

/** No file declares an export. */
export type ExportJob = Schemas["Job"] & { from_file?: false };

export interface Model {
  id: string;
}

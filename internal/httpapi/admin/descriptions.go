package admin

import (
	"net/http"

	"github.com/sluicegate/sluice/internal/httpapi"
	"github.com/sluicegate/sluice/internal/httpapi/admin/action"
	"github.com/sluicegate/sluice/telemetry"
	"github.com/sluicegate/sluice/telemetry/audit"
)

// descriptions has a line for every action of this package: a sentence, an example of the Go type of
// its answer, and the status where it is not 200. What an action reads is asked of itself.
var descriptions = map[string]httpapi.Description{
	"workspace.list":   {Summary: "Lists the workspaces that the caller sees", Answer: action.ListLike(workspaceResponse{})},
	"workspace.update": {Summary: "Sets the default config, the error format or the access groups of a workspace", Answer: workspaceResponse{}},
	"workspace.delete": {Summary: "Deletes a workspace that holds no keys, configs or other objects any more", Answer: deleted{}},

	"master_key.get":    {Summary: "Tells which master key is active, and how far a rotation is", Answer: masterKeyResponse{}},
	"master_key.rotate": {Summary: "Begins to seal everything with another master key, or goes on with it", Answer: masterKeyResponse{}, Status: http.StatusAccepted},

	"api_key.list":    {Summary: "Lists API keys, without their values", Answer: action.ListLike(apiKeyResponse{})},
	"api_key.create":  {Summary: "Creates an API key; only this answer holds its value", Answer: apiKeyResponse{}, Status: http.StatusCreated},
	"api_key.get":     {Summary: "Shows an API key, by id or name", Answer: apiKeyResponse{}},
	"api_key.update":  {Summary: "Changes the fields of an API key that are given; null takes a limit, an expiry or a budget away", Answer: apiKeyResponse{}},
	"api_key.delete":  {Summary: "Deletes an API key", Answer: deleted{}},
	"api_key.disable": {Summary: "Disables an API key until it is enabled", Answer: apiKeyResponse{}},
	"api_key.enable":  {Summary: "Enables a disabled API key", Answer: apiKeyResponse{}},
	"api_key.rotate":  {Summary: "Gives an API key a new value; the old one stays good for the time 'overlap'", Answer: apiKeyResponse{}},

	"member.list":     {Summary: "Lists the members of the workspace", Answer: action.ListLike(memberResponse{})},
	"member.create":   {Summary: "Adds a member to the workspace", Answer: memberResponse{}, Status: http.StatusCreated},
	"member.put":      {Summary: "Gives a member a role in the workspace, or with 'everywhere' in all of them", Answer: memberResponse{}},
	"member.password": {Summary: "Sets or takes away a member's password, and ends its sessions", Answer: memberResponse{}},
	"member.delete":   {Summary: "Takes a member's role in the workspace away", Answer: deleted{}},

	"team.list":          {Summary: "Lists the teams of the workspace", Answer: action.ListLike(teamResponse{})},
	"team.create":        {Summary: "Creates a team", Answer: teamResponse{}, Status: http.StatusCreated},
	"team.get":           {Summary: "Shows a team with its members, by id or name", Answer: teamResponse{}},
	"team.update":        {Summary: "Changes the fields of a team that are given", Answer: teamResponse{}},
	"team.delete":        {Summary: "Deletes a team; its API keys stay, without a team", Answer: deleted{}},
	"team.add_member":    {Summary: "Adds a member of the workspace to a team", Answer: teamResponse{}},
	"team.remove_member": {Summary: "Takes a member out of a team", Answer: teamResponse{}},

	"budget.list":          {Summary: "Lists the budgets with conditions and groups", Answer: action.ListLike(budgetResponse{})},
	"budget.create":        {Summary: "Creates a budget", Answer: budgetResponse{}, Status: http.StatusCreated},
	"budget.get":           {Summary: "Shows a budget", Answer: budgetResponse{}},
	"budget.update":        {Summary: "Changes the fields of a budget that are given", Answer: budgetResponse{}},
	"budget.delete":        {Summary: "Deletes a budget", Answer: deleted{}},
	"budget.list_entities": {Summary: "Lists what each group of a budget has spent in its period", Answer: action.ListLike(accountEntry{})},

	"api_key.explain_budgets": {Summary: "Lists everything that limits what the calls of an API key cost, with every reservation", Answer: action.ListLike(explanationResponse{})},
	"ledger.verify":           {Summary: "Adds up the ledger", Answer: verificationResponse{}},

	"wallet.list":         {Summary: "Lists wallets", Answer: action.ListLike(walletResponse{})},
	"wallet.create":       {Summary: "Creates an empty wallet", Answer: walletResponse{}, Status: http.StatusCreated},
	"wallet.get":          {Summary: "Shows a wallet with its balance", Answer: walletResponse{}},
	"wallet.delete":       {Summary: "Deletes a wallet", Answer: deleted{}},
	"wallet.list_credits": {Summary: "Lists the credits of a wallet, newest first", Answer: action.ListLike(creditResponse{})},
	"wallet.credit":       {Summary: "Adds an amount to a wallet, once for each reference: again it is answered with 200", Answer: walletResponse{}, Status: http.StatusCreated, Also: http.StatusOK},

	"usage.read": {Summary: "Sums up what calls used and cost, by day, model, member and more", Answer: usageResponse{}},

	"virtual_key.list":    {Summary: "Lists virtual keys, without their credentials", Answer: action.ListLike(virtualKeyResponse{})},
	"virtual_key.create":  {Summary: "Stores a provider credential under a name", Answer: virtualKeyResponse{}, Status: http.StatusCreated},
	"virtual_key.update":  {Summary: "Changes what is given of a virtual key: note, credentials, models, prices, limits, budgets", Answer: virtualKeyResponse{}},
	"virtual_key.get":     {Summary: "Shows a virtual key, by name or id", Answer: virtualKeyResponse{}},
	"virtual_key.delete":  {Summary: "Deletes a virtual key with its credential", Answer: deleted{}},
	"virtual_key.disable": {Summary: "Disables a virtual key until it is enabled", Answer: virtualKeyResponse{}},
	"virtual_key.enable":  {Summary: "Enables a disabled virtual key", Answer: virtualKeyResponse{}},
	"virtual_key.test":    {Summary: "Asks the provider for its models with each credential of a virtual key, for at most 10 seconds", Answer: virtualKeyTestResponse{page: action.ListLike(credentialTestResponse{})}},

	"config.list":     {Summary: "Lists the newest versions of the saved configs", Answer: action.ListLike(configResponse{})},
	"config.create":   {Summary: "Saves a config as the first version of its slug", Answer: configResponse{}, Status: http.StatusCreated},
	"config.get":      {Summary: "Shows the newest version of a config, or one version: slug@N", Answer: configResponse{}},
	"config.update":   {Summary: "Saves a config as the next version of its slug", Answer: configResponse{}},
	"config.versions": {Summary: "Lists all versions of a config, newest first; those of a deleted config are kept", Answer: action.ListLike(configVersionResponse{})},
	"config.rollback": {Summary: "Saves the document of an older version as the next version", Answer: configResponse{}},
	"config.delete":   {Summary: "Deletes a config; its versions are kept for the audit", Answer: deleted{}},

	"rate_limit.list":   {Summary: "Lists the rate limits with conditions and groups", Answer: action.ListLike(rateLimitResponse{})},
	"rate_limit.create": {Summary: "Creates a rate limit", Answer: rateLimitResponse{}, Status: http.StatusCreated},
	"rate_limit.get":    {Summary: "Shows a rate limit", Answer: rateLimitResponse{}},
	"rate_limit.update": {Summary: "Changes the fields of a rate limit that are given", Answer: rateLimitResponse{}},
	"rate_limit.delete": {Summary: "Deletes a rate limit", Answer: deleted{}},

	"prompt.list":     {Summary: "Lists prompt templates", Answer: action.ListLike(promptResponse{})},
	"prompt.create":   {Summary: "Creates a prompt template with its first version", Answer: promptResponse{}, Status: http.StatusCreated},
	"prompt.get":      {Summary: "Shows a prompt template, by id or slug", Answer: promptResponse{}},
	"prompt.delete":   {Summary: "Deletes a prompt template with all versions", Answer: deleted{}},
	"prompt.versions": {Summary: "Lists the versions of a prompt template", Answer: action.ListLike(versionResponse{})},
	"prompt.version":  {Summary: "Adds a version to a prompt template", Answer: versionResponse{}, Status: http.StatusCreated},
	"prompt.label":    {Summary: "Points a label at a version of a prompt template", Answer: promptResponse{}},

	"log.list":     {Summary: "Lists recorded exchanges, newest first", Answer: logsPage{page: action.ListLike(telemetry.RecordShape())}},
	"log.get":      {Summary: "Shows the exchanges of a request id or trace id, with their spans", Answer: exchangesOf{page: action.ListLike(telemetry.RecordShape())}},
	"audit.list":   {Summary: "Lists audit events, newest first", Answer: action.ListLike(audit.RowShape())},
	"audit.verify": {Summary: "Recomputes the hash chains of the audit log", Answer: verdictsResponse{}},
}

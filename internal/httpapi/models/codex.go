package models

// codexShape is the catalogue of models that Codex CLI reads from the file named by
// model_catalog_json (codex-rs/protocol/src/openai_models.rs in openai/codex: ModelsResponse).
type codexShape struct{}

type codexList struct {
	Models []codexModel `json:"models"`
}

type codexModel struct {
	Slug             string          `json:"slug"`
	Name             string          `json:"display_name"`
	Description      string          `json:"description"`
	DefaultReasoning string          `json:"default_reasoning_level"`
	Reasoning        []codexEffort   `json:"supported_reasoning_levels"`
	Shell            string          `json:"shell_type"`
	Visibility       string          `json:"visibility"`
	InAPI            bool            `json:"supported_in_api"`
	Priority         int             `json:"priority"` // the first one is the default
	Upgrade          *struct{}       `json:"upgrade"`
	Instructions     string          `json:"base_instructions"`
	Summaries        bool            `json:"supports_reasoning_summaries"`
	Verbosity        bool            `json:"support_verbosity"`
	DefaultVerbosity *string         `json:"default_verbosity"`
	ApplyPatch       *string         `json:"apply_patch_tool_type"`
	Truncation       codexTruncation `json:"truncation_policy"`
	ParallelCalls    bool            `json:"supports_parallel_tool_calls"`
	Context          *int64          `json:"context_window,omitempty"`
	Tools            []string        `json:"experimental_supported_tools"`
	Modalities       []string        `json:"input_modalities"`
}

type codexEffort struct {
	Effort      string `json:"effort"`
	Description string `json:"description"`
}

type codexTruncation struct {
	Mode  string `json:"mode"`
	Limit int    `json:"limit"`
}

var codexEfforts = []codexEffort{{"low", "Quick answers"}, {"medium", "Balanced"}, {"high", "Hard problems"}}

// codexInstructions stand where Codex has a prompt of its own for each of OpenAI's models.
const codexInstructions = "You are a coding agent in the user's terminal, working in the folder that the session was opened in. " +
	"Read the code before you change it, change what the task asks for and nothing else, follow the conventions of the project and the instructions in its AGENTS.md files, " +
	"and check your work by running it where you can. Edit files with apply_patch. Ask when a choice is the user's to make. When you are done, say in a few sentences what you changed and what you could not check."

func (codexShape) list(p page) any {
	out := codexList{Models: make([]codexModel, 0, len(p.models))}
	for i := range p.models {
		out.Models = append(out.Models, codexModelOf(&p.models[i], i))
	}
	return out
}

func (codexShape) one(m *Model) any { return codexModelOf(m, 0) }

func codexModelOf(m *Model, rank int) codexModel {
	freeform := "freeform"
	return codexModel{Slug: m.ID, Name: m.ID, Description: m.Provider, DefaultReasoning: "medium", Reasoning: codexEfforts,
		Shell: "shell_command", Visibility: "list", InAPI: true, Priority: rank, Instructions: codexInstructions, Summaries: true, ApplyPatch: &freeform,
		Truncation: codexTruncation{"tokens", 10_000}, ParallelCalls: true, Context: known(m.Context), Tools: []string{}, Modalities: []string{"text", "image"}}
}

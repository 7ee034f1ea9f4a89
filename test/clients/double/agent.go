package double

import (
	"regexp"
	"strings"

	"github.com/tidwall/gjson"
)

// An agent is asked to read a note and to write the word in it into another file. The double
// answers in the vocabulary of the agent: it takes the tools from what the agent offers, and the
// names of their parameters from the schemas.
var (
	notePath   = regexp.MustCompile(`\S+/note\.txt`)
	secretWord = regexp.MustCompile(`word-[0-9a-f]+`)
)

// Tools of agents, most telling first.
var (
	readers = []string{"Read", "read_file", "read"}
	writers = []string{"Write", "write_file", "write"}
	shells  = []string{"exec_command", "shell_command", "shell", "Bash", "bash", "run_shell_command"}
)

func agent(t *Turn, a Answer) Answer {
	note := ""
	for _, text := range t.Texts {
		if m := notePath.FindString(text); m != "" {
			note = m
		}
	}
	if note == "" {
		return a
	}
	target := strings.TrimSuffix(note, "note.txt") + "answer.txt"
	if len(t.Tools) == 0 && len(t.Results) == 0 {
		return editor(t, a)
	}
	word := secretWord.FindString(strings.Join(t.Results, "\n"))
	switch len(t.Results) {
	case 0:
		if tool, ok := t.tool(readers...); ok {
			return a.call("call_read", tool, withPath(tool.Schema, note))
		}
		return a.shell(t, "call_read", "cat "+note)
	case 1:
		if tool, ok := t.tool(writers...); ok {
			return a.call("call_write", tool, strings.TrimSuffix(withPath(tool.Schema, target), "}")+`,"content":`+quoted(word+"\n")+`}`)
		}
		return a.shell(t, "call_write", "echo "+word+" > "+target)
	}
	a.Pieces = pieces("The note holds " + word + " indeed.")
	return a
}

func (a Answer) call(id string, tool Tool, args string) Answer {
	a.Pieces, a.Calls = nil, []Call{{ID: id, Tool: tool, Args: args}}
	return a
}

// shell calls a tool that runs a command.
func (a Answer) shell(t *Turn, id, command string) Answer {
	tool, ok := t.tool(shells...)
	if !ok {
		return a.program(t, id, command)
	}
	name, value := "command", quoted(command)
	if tool.Schema.Get("properties.cmd").Exists() {
		name = "cmd"
	}
	if tool.Schema.Get("properties."+name+".type").String() == "array" {
		value = `["bash","-lc",` + value + `]`
	}
	args := `{` + quoted(name) + `:` + value
	if tool.Schema.Get("properties.description").Exists() {
		args += `,"description":"Looks after the note."`
	}
	return a.call(id, tool, args+`}`)
}

// program calls a tool that takes a program in JavaScript, which calls the tool that runs a
// command. Its input is bare text, or one string where free text had to become a function.
func (a Answer) program(t *Turn, id, command string) Answer {
	tool, ok := t.tool("exec", "functions__exec")
	if !ok {
		return a
	}
	input := `text(await tools.exec_command({cmd: ` + quoted(command) + `}))`
	if tool.Kind != "custom" {
		name := "input"
		tool.Schema.Get("properties").ForEach(func(k, _ gjson.Result) bool {
			name = k.String()
			return false
		})
		input = `{` + quoted(name) + `:` + quoted(input) + `}`
	}
	return a.call(id, tool, input)
}

// withPath is the argument object of a tool that takes the path of a file.
func withPath(schema gjson.Result, path string) string {
	for _, name := range []string{"file_path", "absolute_path", "filePath", "path"} {
		if schema.Get("properties." + name).Exists() {
			return `{` + quoted(name) + `:` + quoted(path) + `}`
		}
	}
	return `{"path":` + quoted(path) + `}`
}

// editor answers an agent without tools, which reads changes of files out of the text and has
// put the note into its question.
func editor(t *Turn, a Answer) Answer {
	word := secretWord.FindString(strings.Join(t.Texts, "\n"))
	if word == "" {
		return a
	}
	a.Pieces = []string{"The note holds ", word, " indeed.\n\n", "answer.txt\n", "```\n", word, "\n```\n"}
	return a
}

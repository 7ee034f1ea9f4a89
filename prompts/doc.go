// Package prompts keeps templates of prompts and renders them.
//
// A [Template] is a name in a workspace; its text is a [Version], numbered and never
// changed; a [Label] is a name for a version that can be moved. A call names a template
// by id or slug, and optionally one version: "support@3", "support@latest",
// "support@staging". Without it, the label "published" decides, else the newest version.
//
// # The flow
//
//	reference → version → arm (weighted choice) → variables checked → messages rendered → chat request
//
// The [Service.Stage] does all of it in memory: a workspace's templates are read once and
// compiled once per version; every write of this Service drops what it changed.
//
// # Invariants
//
//   - A variable is only ever text inside one JSON string that the author wrote. A template
//     is compiled string by string, and a value is quoted when it is written, so that no
//     value can add a message, a field, or a tag of the template language.
//   - A variable that the text needs and the call lacks, one that the template does not
//     know, and one of the wrong type are errors that name it, all of them at once. There
//     is no silent empty string, unless the author declared the variable as not required.
//   - What the call says beats what the template says, field by field. Whether the answer is
//     streamed is the call's alone.
//   - The arm of an experiment is drawn by a hash of who asks: the same member gets the same
//     arm as long as the arms stay; a changed weight moves only as many as it must.
package prompts

// Package prompts stores prompt templates and renders them.
//
// A [Template] has a name in a workspace. Its text is a [Version], which is numbered and
// immutable. A [Label] is a movable name for a version. A call names a template by id or slug,
// and optionally one version: "support@3", "support@latest", "support@staging". Without a
// version, the label "published" applies, else the newest version.
//
// # The flow
//
//	reference → version → arm (weighted choice) → variables checked → messages rendered → chat request
//
// [Service.Stage] does all of this in memory. A workspace's templates are read once, and each
// version is compiled once. Every write by this Service invalidates the workspace's templates.
//
// # Invariants
//
//   - The value of a variable is always text inside one JSON string that the author wrote.
//     Templates are compiled string by string, and values are quoted when they are written.
//     A value can therefore not add a message, a field, or a tag of the template language.
//   - A missing variable, an unknown variable and a variable of the wrong type are errors that
//     name it, all in one error. A variable is only replaced by an empty string if the author
//     declared it as not required.
//   - The call's fields override the template's. Only the call decides whether the answer is
//     streamed.
//   - The arm of an experiment is chosen by a hash of the caller: a member gets the same arm
//     while the arms are unchanged. A changed weight moves as few members as possible.
package prompts

// Package vendorapi passes calls on to vendors' own APIs: the objects that OpenAI's clients manage
// (files, batches, fine-tunes, vector stores, assistants, threads), and every path below a vendor's
// prefix that no surface of ours answers.
//
// # Flow
//
//	path → objectCall or nativeObject: whose object is it? → readPass → bound its cost → passOn → keep, forget or list what the answer names
//
// # Invariants
//
//   - What another workspace has made is absent: 404. What no call through Sluice has made is
//     refused, unless AllowUnknown says otherwise.
//   - Work whose cost nobody can bound beforehand says so, and the pipeline decides.
//   - What is passed on is read by the policies that apply, or refused by them: path, query, headers and
//     body, with the files in it that are texts.
//   - What waits to be charged is not deleted.
//   - The administration of the vendor's account is not passed on.
package vendorapi

// Package signin opens, lists and ends the sessions of people: with an API key, with a name and a
// password, or at an identity provider. Each sign-in, refused or not, is an audit event.
//
// Routes that need gateway.SignIn are public: whoever calls them has yet to sign in. Each of them
// either checks a secret, counts wrong ones by address, or tells nothing that is not public.
package signin

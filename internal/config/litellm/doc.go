// Package litellm reads the file of LiteLLM's proxy (https://docs.litellm.ai/docs/proxy/configs)
// and compiles it into the settings that Sluice's own file gives, so that a user of the proxy
// starts Sluice with the file as it is.
//
//	model_list[]        a virtual key, and a target of the config of its model_name
//	model_name          a model name with a config: deployments balanced by weight, rpm or tpm, by order
//	fallbacks …         further targets of that config, by the kind of failure
//	model_group_alias   another name for the config
//	master_key          the owner's API key
//
// # Invariants
//
//   - Nothing of the file is left out in silence: what has no effect is a [Finding] with its
//     place, and is either ignored (nobody will miss it) or unsupported (something will be
//     different).
//   - A variable that is not set is a finding that names it. LiteLLM would go on with null.
//   - A value of the file or of the environment is never quoted in a finding.
package litellm

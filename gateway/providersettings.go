package gateway

import (
	"strconv"
	"strings"
)

// ProviderSettings are what a provider needs to know of an account beside its credential, by name:
// region, project, api_version … Package provider says which ones a provider takes. They are no
// secrets. It must not be modified.
type ProviderSettings map[string]string

// SettingPriceMultiplier is the setting with what a relay bills for each USD of the list price.
const SettingPriceMultiplier = "price_multiplier"

// SettingDeployments is the setting with the deployments of models: "gpt-5=chat-eu,gpt-4o=old".
const SettingDeployments = "deployments"

// ModelOf is the model that a deployment is of, which has the deployment's name unless the settings say
// otherwise.
func (s ProviderSettings) ModelOf(deployment string) string {
	for pair := range strings.SplitSeq(s[SettingDeployments], ",") {
		if model, name, ok := strings.Cut(strings.TrimSpace(pair), "="); ok && name == deployment {
			return model
		}
	}
	return deployment
}

// PriceMultiplier is what the provider bills for each USD of the list price, in ten-thousandths. ok
// is false if that is not set.
func (s ProviderSettings) PriceMultiplier() (tenThousandths int64, ok bool) {
	if s[SettingPriceMultiplier] == "" {
		return 0, false
	}
	return ReadMultiplier(s[SettingPriceMultiplier])
}

// ReadMultiplier reads a decimal number over 0 and up to 1000, with at most four decimals.
func ReadMultiplier(text string) (tenThousandths int64, ok bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(whole) > 4 || len(fraction) > 4 || whole == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+(fraction + "0000")[:4], 10, 64)
	return n, err == nil && n > 0 && n <= 1000_0000
}

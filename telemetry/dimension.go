package telemetry

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Dimension is what exchanges can be divided by.
type Dimension string

// The dimensions. Those of people, teams, API keys and prompts have ids as values, and names beside them.
const (
	DimensionModel      Dimension = "model" // as the answer names it, else as the caller asked for it
	DimensionProvider   Dimension = "provider"
	DimensionVirtualKey Dimension = "virtual_key"
	DimensionMember     Dimension = "member"
	DimensionTeam       Dimension = "team"
	DimensionAPIKey     Dimension = "api_key"
	DimensionConfig     Dimension = "config"
	DimensionPrompt     Dimension = "prompt"
	DimensionVariant    Dimension = "variant" // arm of an experiment; exchanges without are left out
	DimensionStatus     Dimension = "status"
	DimensionOutcome    Dimension = "outcome"
	DimensionCache      Dimension = "cache"
	DimensionVerdict    Dimension = "verdict"
	DimensionRescue     Dimension = "rescue" // "none", "retry n" or "fallback"
	DimensionUser       Dimension = "user"   // exchanges without a user are left out
)

// metadataPrefix begins the dimension of a metadata key. Exchanges without the key are left out.
const metadataPrefix = "metadata."

// Dimensions are all dimensions but those of metadata.
func Dimensions() []Dimension {
	return []Dimension{DimensionModel, DimensionProvider, DimensionVirtualKey, DimensionMember, DimensionTeam, DimensionAPIKey, DimensionConfig, DimensionPrompt, DimensionVariant,
		DimensionStatus, DimensionOutcome, DimensionCache, DimensionVerdict, DimensionRescue, DimensionUser}
}

// DimensionOfMetadata is the dimension of a metadata key.
func DimensionOfMetadata(key string) Dimension { return Dimension(metadataPrefix + key) }

// MetadataKey returns the key of a dimension of metadata; ok is false for the others.
func (d Dimension) MetadataKey() (key string, ok bool) {
	return strings.CutPrefix(string(d), metadataPrefix)
}

// Known reports whether stores can divide by d.
func (d Dimension) Known() bool {
	if key, ok := d.MetadataKey(); ok {
		return key != ""
	}
	return slices.Contains(Dimensions(), d)
}

// Optional reports whether exchanges without a value of d are left out.
func (d Dimension) Optional() bool {
	_, metadata := d.MetadataKey()
	return metadata || d == DimensionUser || d == DimensionVariant
}

// Of returns the value of d that an exchange has, and its name. ok is false if the exchange is left out.
func (d Dimension) Of(r *Record) (value, name string, ok bool) {
	switch d {
	case DimensionModel:
		value = cmp.Or(r.Served, r.Model)
	case DimensionProvider:
		value = r.Provider
	case DimensionVirtualKey:
		value = r.VirtualKey
	case DimensionMember:
		value, name = r.Member, r.MemberName
	case DimensionTeam:
		value, name = r.Team, r.TeamName
	case DimensionAPIKey:
		value, name = r.APIKey, r.APIKeyName
	case DimensionConfig:
		value = r.Config.Slug
	case DimensionPrompt:
		if r.Prompt != nil {
			value, name = r.Prompt.ID, r.Prompt.Slug
		}
	case DimensionVariant:
		if r.Prompt != nil {
			value = r.Prompt.Variant
		}
	case DimensionStatus:
		value = strconv.Itoa(r.Status)
	case DimensionOutcome:
		value = r.Outcome.String()
	case DimensionCache:
		value = r.CacheStatus()
	case DimensionVerdict:
		value = r.Verdict().String()
	case DimensionRescue:
		value = RescueName(int64(r.Rescued()))
	case DimensionUser:
		value = r.User()
	default:
		key, _ := d.MetadataKey()
		for i := range r.Metadata {
			if r.Metadata[i].Key == key {
				value = r.Metadata[i].Value
			}
		}
	}
	return value, name, value != "" || !d.Optional()
}

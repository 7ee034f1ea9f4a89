package qdrant

import (
	"context"
	"strings"
	"time"

	"github.com/qdrant/go-client/qdrant"
)

// A collection belongs to one embedding model and dimension, and every call names it in full: vectors
// of two models never meet. The alias "…_current" names the collection of the process that started
// writing last. The one before gets the alias "…_retired", and goes once nobody has written to it for
// unusedFor: replicas with the model before use it until they have been replaced, too.
const (
	currentAlias = "_current"
	retiredAlias = "_retired"
	unusedFor    = time.Hour
)

// takeOver makes this collection the current one, and retires the one before, in one call.
func (x *Index) takeOver(ctx context.Context) error {
	aliases, err := x.client.ListAliases(ctx)
	if err != nil {
		return err
	}
	before := ""
	var deletions, creations []*qdrant.AliasOperations
	for _, a := range aliases {
		switch a.GetAliasName() {
		case x.prefix + currentAlias:
			before = a.GetCollectionName()
			deletions = append(deletions, qdrant.NewAliasDelete(a.GetAliasName()))
		case x.name + retiredAlias:
			deletions = append(deletions, qdrant.NewAliasDelete(a.GetAliasName()))
		}
	}
	if before == x.name && len(deletions) == 1 {
		return nil
	}
	creations = append(creations, qdrant.NewAliasCreate(x.prefix+currentAlias, x.name))
	if before != "" && before != x.name {
		creations = append(creations, qdrant.NewAliasCreate(before+retiredAlias, before))
	}
	return x.client.UpdateAliases(ctx, append(deletions, creations...))
}

// removeRetired removes collections that were retired and are not used any more.
func (x *Index) removeRetired(ctx context.Context) error {
	aliases, err := x.client.ListAliases(ctx)
	if err != nil {
		return err
	}
	for _, a := range aliases {
		retired := a.GetCollectionName()
		if a.GetAliasName() != retired+retiredAlias || !strings.HasPrefix(retired, x.prefix+"_") || retired == x.name {
			continue
		}
		recent, err := x.client.Count(ctx, &qdrant.CountPoints{CollectionName: retired, Exact: qdrant.PtrOf(true), Filter: &qdrant.Filter{Must: []*qdrant.Condition{
			qdrant.NewRange(fieldStored, &qdrant.Range{Gt: qdrant.PtrOf(float64(x.now().Add(-unusedFor).Unix()))})}}})
		if err == nil && recent == 0 {
			err = x.client.DeleteCollection(ctx, retired)
		}
		if err != nil && !isAbsent(err) {
			return err
		}
	}
	return nil
}

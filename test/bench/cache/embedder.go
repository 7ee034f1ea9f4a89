package main

import (
	"fmt"

	"github.com/sluicegate/sluice/cache/decide/replay"
	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/cache/embed/model/library"
)

// openEmbedders opens the embedders that are at hand.
func openEmbedders(o options) ([]*replay.Vectors, error) {
	builtin, err := replay.NewVectors(embed.Builtin{}, o.vectors)
	if err != nil || o.data == "" {
		return []*replay.Vectors{builtin}, err
	}
	all := []*replay.Vectors{builtin}
	models := library.New(o.data)
	manifests, err := models.List()
	if err == nil && len(manifests) == 0 {
		err = fmt.Errorf("%s: %w", o.data, library.ErrNone)
	}
	if err != nil {
		return nil, err
	}
	for _, m := range manifests {
		opened, _, err := models.Open(m.Name)
		if err != nil {
			return nil, err
		}
		v, err := replay.NewVectors(opened, o.vectors)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

package app

import (
	"log/slog"
	"path/filepath"

	"github.com/sluicegate/sluice/gateway/catalog"
	"github.com/sluicegate/sluice/gateway/catalog/refresh"
	"github.com/sluicegate/sluice/internal/config"
)

// openCatalog opens the catalogue, as an earlier run has kept it, and begins to renew it where a
// source is configured.
func (a *app) openCatalog(cfg config.Config, s *services, log *slog.Logger) (err error) {
	if s.prices, err = catalog.New(mockPrices()...); err != nil {
		return err
	}
	s.renewal = refresh.New(refresh.Config{URL: cfg.Catalog.URL, File: cfg.Catalog.File, Keys: cfg.Catalog.Keys, Every: cfg.Catalog.Every,
		Keep: filepath.Join(cfg.DataDir, "catalog"), Log: log}, s.prices)
	s.renewal.Restore()
	s.renewal.Start()
	a.onClose(s.renewal.Close)
	return nil
}

// catalogWarnings tell of a catalogue that cannot be renewed.
func (s *services) catalogWarnings() []string {
	if st := s.renewal.Status(); st.Problem != "" {
		return []string{"the catalogue of models and prices is not renewed: " + st.Problem}
	}
	return nil
}

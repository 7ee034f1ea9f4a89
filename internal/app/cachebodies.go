package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/cache/objects"
	"github.com/sluicegate/sluice/internal/config"
	redisstore "github.com/sluicegate/sluice/internal/store/redis"
	"github.com/sluicegate/sluice/telemetry/export/s3"
)

// openBodies opens the store of the cache's large answers, nil if there is none. It is called at first
// use: a store that is down is a miss, not a failed start.
func (a *app) openBodies(cfg config.CacheAnswers, s *services, log *slog.Logger) (cache.Bodies, error) {
	switch cfg.Store {
	case "redis":
		store, err := redisstore.OpenAnswers(cfg.URL.Reveal(), log)
		if err != nil {
			return nil, err
		}
		a.onClose(store.Close)
		return store, nil
	case "objects":
		bucket, err := newBucket(cfg.S3)
		if err != nil {
			return nil, err
		}
		answers := objects.New(objects.Config{Bucket: bucket, Log: log, Lease: func(ctx context.Context, lease time.Duration) (bool, error) {
			return s.control.Lease(ctx, "cache.answers", s.records.node, lease)
		}})
		a.onClose(answers.Close)
		return answers, nil
	}
	return nil, nil
}

func newBucket(b *config.S3) (*s3.Bucket, error) {
	return s3.New(s3.Config{Endpoint: b.Endpoint, Region: b.Region, Bucket: b.Bucket, Prefix: b.Prefix, PathStyle: b.PathStyle,
		AccessKeyID: b.AccessKeyID, SecretAccessKey: b.SecretAccessKey, SessionToken: b.SessionToken})
}

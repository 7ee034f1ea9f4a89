package app

import (
	"context"
	"time"

	"github.com/sluicegate/sluice/cache"
	"github.com/sluicegate/sluice/internal/config"
	redisstore "github.com/sluicegate/sluice/internal/store/redis"
	"github.com/sluicegate/sluice/telemetry/export/s3"
)

// openBodies opens the store of the cache's large answers, nil if there is none. It is called at first
// use: a store that is down is a miss, not a failed start.
func (a *app) openBodies(cfg config.CacheAnswers) (cache.Bodies, error) {
	switch cfg.Store {
	case "redis":
		store, err := redisstore.OpenAnswers(cfg.URL.Reveal())
		if err != nil {
			return nil, err
		}
		a.onClose(func(context.Context) error { return store.Close() })
		return store, nil
	case "objects":
		bucket, err := newBucket(cfg.S3)
		if err != nil {
			return nil, err
		}
		return answerBucket{bucket}, nil
	}
	return nil, nil
}

// answerBucket keeps answers as objects. A bucket drops none by itself: that is a rule of the bucket's
// owner.
type answerBucket struct{ bucket *s3.Bucket }

const (
	answerFolder = "answers/"
	maxBody      = 1<<20 + 1<<10 // the longest answer that is stored, encrypted
)

// Put implements cache.Bodies.
func (b answerBucket) Put(ctx context.Context, name string, body []byte, _ time.Time) error {
	return b.bucket.Write(ctx, answerFolder+name, body)
}

// Get implements cache.Bodies.
func (b answerBucket) Get(ctx context.Context, name string) ([]byte, error) {
	return b.bucket.Read(ctx, answerFolder+name, maxBody)
}

func newBucket(b *config.S3) (*s3.Bucket, error) {
	return s3.New(s3.Config{Endpoint: b.Endpoint, Region: b.Region, Bucket: b.Bucket, Prefix: b.Prefix, PathStyle: b.PathStyle,
		AccessKeyID: b.AccessKeyID, SecretAccessKey: b.SecretAccessKey, SessionToken: b.SessionToken})
}

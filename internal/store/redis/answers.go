package redisstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/sluicegate/sluice/cache/removal"
)

// answerPrefix begins the key of every answer.
const answerPrefix = "sluice:answer:"

// removeEvery is how often answers that were purged are deleted.
const removeEvery = time.Second

// Answers keep large answers of the cache on a server, for all replicas. They implement cache.Bodies
// and cache.Removing, and are safe for concurrent use. They own a goroutine, for which Close waits.
type Answers struct {
	client  *redis.Client
	removed *removal.Queue // keys
	tasks   *removal.Tasks
}

// OpenAnswers connects to the server at address, as Open does. It does not wait for the server.
func OpenAnswers(address string, log *slog.Logger) (*Answers, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("redisstore.OpenAnswers: the URL of the answers is not redis://host:port: %w", withoutURL(err))
	}
	options.MaxRetries = -1              // an answer that cannot be read is a miss
	options.ContextTimeoutEnabled = true // the caller's deadline bounds reading and writing
	a := &Answers{client: redis.NewClient(options), tasks: removal.NewTasks(log)}
	a.removed = removal.NewQueue(a.unlink)
	a.tasks.Empty(a.removed, removeEvery, "purged answers of the cache in Redis")
	return a, nil
}

// Close deletes what is to be removed, in at most 5 seconds, and closes the connections.
func (a *Answers) Close(ctx context.Context) error {
	a.tasks.Close(ctx)
	return a.client.Close()
}

// Put implements cache.Bodies. The server drops the answer when it expires.
func (a *Answers) Put(ctx context.Context, name string, body []byte, expires time.Time) error {
	life := time.Until(expires)
	if life <= 0 {
		return nil
	}
	return a.client.Set(ctx, answerPrefix+name, body, life).Err()
}

// Get implements cache.Bodies.
func (a *Answers) Get(ctx context.Context, name string, _ time.Time) ([]byte, error) {
	body, err := a.client.Get(ctx, answerPrefix+name).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return body, err
}

// Remove implements cache.Removing.
func (a *Answers) Remove(name string, _ time.Time) {
	if name != "" {
		a.removed.Add(answerPrefix + name)
	}
}

// Removed implements cache.Removing.
func (a *Answers) Removed() (removed, refused, dropped uint64) { return a.removed.Removed() }

// unlink deletes keys; the server frees their memory afterwards. It refuses none.
func (a *Answers) unlink(ctx context.Context, keys []string) (refused int, err error) {
	return 0, a.client.Unlink(ctx, keys...).Err()
}

package redisstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// answerPrefix begins the key of every answer.
const answerPrefix = "sluice:answer:"

// Answers keep large answers of the cache on a server, for all replicas. They implement cache.Bodies
// and are safe for concurrent use.
type Answers struct{ client *redis.Client }

// OpenAnswers connects to the server at address, as Open does. It does not wait for the server.
func OpenAnswers(address string) (*Answers, error) {
	options, err := redis.ParseURL(address)
	if err != nil {
		return nil, fmt.Errorf("redisstore.OpenAnswers: the URL of the answers is not redis://host:port: %w", withoutURL(err))
	}
	options.MaxRetries = -1              // an answer that cannot be read is a miss
	options.ContextTimeoutEnabled = true // the caller's deadline bounds reading and writing
	return &Answers{redis.NewClient(options)}, nil
}

// Close closes the connections.
func (a *Answers) Close() error { return a.client.Close() }

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

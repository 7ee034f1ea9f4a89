package double

import (
	"context"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidwall/gjson"
)

// The credentials that the double accepts, by format. A call with another one is a 401.
const (
	OpenAIKey    = "sk-proj-9f8e7d6c5b4a39281706f5e4d3c2b1a0"
	AnthropicKey = "sk-ant-api03-1f0e9d8c7b6a59483726150f4e3d2c1b"
	GoogleKey    = "AIzaSyB0a9c8d7e6f5g4h3i2j1k0l9m8n7o6p5q"
)

// maxBody bounds a request.
const maxBody = 32 << 20

// Upstream is the running double. Its base URLs, as the vendors' SDKs take them, are URL()+"/v1"
// for OpenAI, and URL() for Anthropic and Google.
type Upstream struct {
	server   *http.Server
	listener net.Listener
	served   chan struct{}
	requests atomic.Int64

	mu        sync.Mutex
	seen      []Received
	abandoned map[string]bool // by name: slow streams whose caller left
}

// Received is a request and what became of it.
type Received struct {
	Path   string
	Body   string
	Status int
	Refuse string // why the double refused it
}

// kept bounds the requests that are remembered.
const kept = 2000

// object is a JSON object that is being written.
type object = map[string]any

// event is one server-sent event. An empty name is left out, raw data is sent as it is.
type event struct {
	name string
	data any
}

// format is one wire format of the double.
type format interface {
	// authorised reports whether the request carries the vendor's credential.
	authorised(r *http.Request) bool
	// read reads a request. The error says what the vendor would refuse.
	read(r *http.Request, body gjson.Result) (*Turn, error)
	whole(t *Turn, a Answer) any
	// events are a streamed answer. The second of mark is the number of events that end it.
	events(t *Turn, a Answer) (events []event, end int)
	failure(status int, message string) any
}

// Listen starts the double on a free port of the loopback interface. The caller closes it.
func Listen(ctx context.Context) (*Upstream, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	u := &Upstream{listener: l, served: make(chan struct{}), abandoned: map[string]bool{}}
	u.server = &http.Server{Handler: u, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: 10 * time.Second}
	go func() { // ends with Close, which waits for it
		defer close(u.served)
		_ = u.server.Serve(l) // always ErrServerClosed
	}()
	return u, nil
}

// URL is "http://127.0.0.1:PORT".
func (u *Upstream) URL() string { return "http://" + u.listener.Addr().String() }

// Close ends the double with its connections.
func (u *Upstream) Close() {
	_ = u.server.Close()
	<-u.served
}

// Requests are the requests so far, oldest first, at most the last 2000.
func (u *Upstream) Requests() []Received {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]Received(nil), u.seen...)
}

func (u *Upstream) note(r Received) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.seen) >= kept {
		u.seen = u.seen[1:]
	}
	u.seen = append(u.seen, r)
}

// formatOf is the format of a path, nil if the double serves no such path.
func formatOf(path string) format {
	switch {
	case strings.HasSuffix(path, "/chat/completions"):
		return chat{}
	case strings.HasSuffix(path, "/responses"):
		return responses{}
	case strings.HasSuffix(path, "/messages"):
		return messages{}
	case strings.HasSuffix(path, ":generateContent"), strings.HasSuffix(path, ":streamGenerateContent"):
		return gemini{}
	}
	return nil
}

// ServeHTTP implements http.Handler.
func (u *Upstream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return // the caller has gone
	}
	got := Received{Path: r.Method + " " + r.URL.RequestURI(), Body: string(raw), Status: http.StatusOK}
	defer func() { u.note(got) }()
	if name, ok := strings.CutPrefix(r.URL.Path, "/abandoned/"); ok {
		reply(w, http.StatusOK, u.wasAbandoned(name))
		return
	}
	body := gjson.ParseBytes(raw)
	f := formatOf(r.URL.Path)
	if f == nil {
		got.Status, got.Refuse = single(w, r, body)
		return
	}
	t, a := &Turn{}, Answer{}
	switch {
	case !f.authorised(r):
		a = Answer{Status: http.StatusUnauthorized, Message: "the upstream does not know this credential"}
	case !gjson.ValidBytes(raw):
		a = Answer{Status: http.StatusBadRequest, Message: "the body is not JSON"}
	default:
		if t, err = f.read(r, body); err == nil {
			err = t.settled()
		}
		if err != nil {
			a = Answer{Status: http.StatusBadRequest, Message: err.Error()}
		} else {
			t.Serial = u.requests.Add(1)
			a = script(t)
		}
	}
	if a.Status != 0 {
		got.Status, got.Refuse = a.Status, a.Message
		reply(w, a.Status, f.failure(a.Status, a.Message))
		return
	}
	if !t.Stream {
		reply(w, http.StatusOK, f.whole(t, a))
		return
	}
	if !stream(r.Context(), w, f, t, a) {
		u.abandon(streamName.FindString(t.asking()))
	}
}

// streamName is how a client names a slow stream in its question, to ask for it later.
var streamName = regexp.MustCompile(`stream-[0-9a-z]+`)

// abandon notes that the caller of a stream left before its end.
func (u *Upstream) abandon(name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.abandoned) < kept {
		u.abandoned[name] = true
	}
}

func (u *Upstream) wasAbandoned(name string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.abandoned[name]
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Request-Id", "req_double")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // an error means that the caller has gone
}

// slowness is the pause before each event of a slow stream.
const slowness = 100 * time.Millisecond

// stream writes the events of an answer, and breaks it off where the script says so. It reports
// whether the caller stayed to the end.
func stream(ctx context.Context, w http.ResponseWriter, f format, t *Turn, a Answer) bool {
	broken := a.Cut || a.Quiet
	if broken {
		a.Pieces = a.Pieces[:2]
	}
	events, end := f.events(t, a)
	if broken {
		events = events[:len(events)-end]
	}
	w.Header().Set("Content-Type", "text/event-stream")
	for _, e := range events {
		if a.Slow {
			select {
			case <-ctx.Done():
				return false
			case <-time.After(slowness):
			}
		}
		data, ok := e.data.(string)
		if !ok {
			b, err := json.Marshal(e.data)
			if err != nil {
				panic(err) // maps, slices and strings can always be encoded
			}
			data = string(b)
		}
		if e.name != "" {
			data = e.name + "\ndata: " + data
			_, _ = io.WriteString(w, "event: ")
		} else {
			_, _ = io.WriteString(w, "data: ")
		}
		_, _ = io.WriteString(w, data+"\n\n")
		_ = http.NewResponseController(w).Flush() // an error means that the caller has gone
	}
	if a.Cut {
		panic(http.ErrAbortHandler)
	}
	return ctx.Err() == nil
}

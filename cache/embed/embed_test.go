package embed_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/sluicegate/sluice/cache/cachetest"
	"github.com/sluicegate/sluice/cache/embed"
	"github.com/sluicegate/sluice/gateway"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestBuiltin(t *testing.T) {
	var b embed.Builtin
	cachetest.Embedder(t, b)
	for _, c := range []struct {
		a, b     string
		min, max float64
	}{
		{"What is the capital of France?", "Please tell me the capital of France.", .7, 1},
		{"What is the capital of France?", "What is the capital of Germany?", 0, .8},
		{"How do I reset my password?", "how can i reset the password", .95, 1},
		{"请问怎么重置密码？", "如何重置密码", .85, 1},
		{"ＡＢＣ１２３", "abc123", .999, 1},
		{"book a table", "weather in Oslo", -.2, .3},
		{"how can I purchase an automobile", "how do I buy a car", .5, 1},
		{"怎样购买电脑", "如何买计算机", .6, 1},
	} {
		vs, err := b.Embed(context.Background(), []string{c.a, c.b})
		if err != nil {
			t.Fatal(err)
		}
		if got := cachetest.Cosine(vs[0], vs[1]); got < c.min || got > c.max+1e-6 {
			t.Errorf("%q and %q: %f", c.a, c.b, got)
		}
	}
}

func FuzzBuiltin(f *testing.F) {
	for _, s := range []string{"", "a", "３", "don't", "'", "日本語x", "\xff\xfe", "\u0301", "ﷺ", "½", "The Cities of EIGHTIES, thirds and naïveté"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		vs, err := embed.Builtin{}.Embed(context.Background(), []string{s})
		if err != nil || cachetest.Cosine(vs[0], vs[0]) < .999 {
			t.Errorf("%q: %v", s, err)
		}
	})
}

func BenchmarkBuiltin(b *testing.B) {
	repeated := strings.Repeat("Could you explain how the photosynthesis of plants works in winter? ", 12)[:800]
	for _, c := range []struct {
		name  string
		texts []string
	}{{"sentence", []string{repeated[:67]}}, {"800B", []string{repeated}}, {"English", many(english, " ")}, {"Chinese", many(chinese, "")}} {
		b.Run(c.name, func(b *testing.B) {
			n := 0
			b.ReportAllocs()
			for b.Loop() {
				_, _ = embed.Builtin{}.Embed(context.Background(), c.texts[n%len(c.texts):][:1])
				n++
			}
		})
	}
}

// many makes texts of about 800 bytes. No two are alike: a processor learns the branches of
// one that it reads again and again.
func many(words []string, between string) []string {
	r := rand.New(rand.NewPCG(13, 14))
	texts := make([]string, 500)
	for i := range texts {
		var t strings.Builder
		for t.Len() < 800 {
			// The first words of the list are the frequent ones.
			t.WriteString(words[int(float64(len(words))*math.Pow(r.Float64(), 2))] + between)
			if r.IntN(12) == 0 {
				t.WriteString([]string{". ", ", ", "? "}[r.IntN(3)])
			}
		}
		texts[i] = t.String()
	}
	return texts
}

var english = strings.Fields(`the of and to a in is it you that for on are with as I this be at have from or had by not
	what all were when we there can an your which their if do will each how them then many these so some her would make
	him into has time look more write see number way could people my than first water been call who its now find long
	down day did get come made may part over new sound take only little work know place years live back give most very
	after things our just name good sentence think say great where help through much before line right too means old any
	same tell boy follow came want show also around form three small set put end does another well large must big even
	such because turned here why asked went men read need land different home us move try kind hand picture again change
	off play spell air away animals house point page letters mother answer found study still learn should world
	customer refund delivery account password invoice subscription Oslo Vienna Berlin Anna Müller Thursday October
	photosynthesis temperature government particularly responsible development environment organisation requirements
	carefully delivered wondering happened promised returning tickets parcels cancelled shipping addresses wasn't I'd`)

var chinese = strings.Fields(`的 我 是 了 不 在 有 他 这 们 到 说 要 你 会 为 那 可以 什么 怎么 时候 问题 公司 订单 密码 账户 退款
	请问 如何 谢谢 今天 明天 地址 快递 收到 没有 修改 取消 联系 客服 价格 优惠 商品 颜色 尺寸 发票 支付 银行 手机 电脑 软件 安装
	天气 北京 上海 学习 英语 翻译 文章 老师 学生 医院 医生 三 五 十 API Python 2024`)

const key = "sk-embedder-secret"

// endpoint is a model behind HTTP: the built-in one in disguise.
func endpoint(t *testing.T, spoil func(w http.ResponseWriter, answer []byte) bool) (*embed.HTTP, *atomic.Int32) {
	t.Helper()
	var calls atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		var q struct {
			Model string
			Input []string
		}
		if err := json.NewDecoder(r.Body).Decode(&q); err != nil || r.URL.Path != "/v1/embeddings" || q.Model != "m" || r.Header.Get("Authorization") != "Bearer "+key {
			w.WriteHeader(400)
			return
		}
		vs, _ := embed.Builtin{}.Embed(r.Context(), q.Input)
		var data []string
		for i := len(vs) - 1; i >= 0; i-- { // in another order than asked
			for j := range vs[i] {
				vs[i][j] *= 7
			}
			v, _ := json.Marshal(vs[i])
			data = append(data, fmt.Sprintf(`{"object":"embedding","index":%d,"embedding":%s}`, i, v))
		}
		answer := []byte(`{"object":"list","data":[` + strings.Join(data, ",") + `]}`)
		if spoil == nil || !spoil(w, answer) {
			_, _ = w.Write(answer)
		}
	}))
	t.Cleanup(s.Close)
	h, err := embed.NewHTTP(embed.Endpoint{BaseURL: s.URL + "/v1/", Key: gateway.NewSecret(key), Model: "m", Dim: 320, Batch: 3, Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return h, &calls
}

func TestHTTP(t *testing.T) {
	h, calls := endpoint(t, nil)
	cachetest.Embedder(t, h)
	calls.Store(0)
	if _, err := h.Embed(context.Background(), strings.Split("a b c d e f g", " ")); err != nil || calls.Load() != 3 {
		t.Errorf("7 texts in batches of 3: %d calls, %v", calls.Load(), err)
	}
}

func TestHTTPFailures(t *testing.T) {
	write := func(s string) func(http.ResponseWriter, []byte) bool {
		return func(w http.ResponseWriter, _ []byte) bool { _, _ = w.Write([]byte(s)); return true }
	}
	for name, c := range map[string]struct {
		spoil func(http.ResponseWriter, []byte) bool
		want  string
	}{
		"status": {func(w http.ResponseWriter, _ []byte) bool {
			w.WriteHeader(401)
			_, _ = w.Write([]byte("bad key " + key))
			return true
		}, "status 401"},
		"redirect": {func(w http.ResponseWriter, _ []byte) bool {
			w.Header().Set("Location", "http://127.0.0.1:1/")
			w.WriteHeader(307)
			return true
		}, "status 307"},
		"no json":     {write("oops"), "no list"},
		"too few":     {write(`{"data":[]}`), "left out"},
		"wrong index": {write(`{"data":[{"index":9,"embedding":[1]}]}`), "wrong index"},
		"dimensions":  {write(`{"data":[{"index":0,"embedding":[1,2]}]}`), "2 dimensions"},
		"zero":        {write(`{"data":[{"index":0,"embedding":[0` + strings.Repeat(",0", 319) + `]}]}`), "zero"},
		"broken": {func(w http.ResponseWriter, a []byte) bool {
			w.Header().Set("Content-Length", "999999")
			_, _ = w.Write(a[:10])
			return true
		}, "broke off"},
		"slow": {func(w http.ResponseWriter, a []byte) bool { time.Sleep(500 * time.Millisecond); return true }, "in time"},
	} {
		h, _ := endpoint(t, c.spoil)
		_, err := h.Embed(context.Background(), []string{"x"})
		var e *gateway.Error
		if !errors.As(err, &e) || !strings.Contains(e.Public, c.want) || strings.Contains(err.Error(), key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	dead, _ := embed.NewHTTP(embed.Endpoint{BaseURL: "http://127.0.0.1:1/v1", Key: gateway.NewSecret(key), Model: "m", Dim: 4})
	if _, err := dead.Embed(context.Background(), []string{"x"}); err == nil || strings.Contains(err.Error(), key) || strings.Contains(fmt.Sprintf("%+v", dead), key) {
		t.Errorf("dead: %v", err)
	}
}

func TestHTTPSettings(t *testing.T) {
	good := embed.Endpoint{BaseURL: "http://h/v1", Model: "m", Dim: 4}
	for want, change := range map[string]func(*embed.Endpoint){
		"base_url":   func(e *embed.Endpoint) { e.BaseURL = "h/v1" },
		"without":    func(e *embed.Endpoint) { e.BaseURL = "http://u:p@h/v1" },
		"model":      func(e *embed.Endpoint) { e.Model = "" },
		"dimensions": func(e *embed.Endpoint) { e.Dim = 0 },
		"negative":   func(e *embed.Endpoint) { e.Batch = -1 },
	} {
		e := good
		change(&e)
		if _, err := embed.NewHTTP(e); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

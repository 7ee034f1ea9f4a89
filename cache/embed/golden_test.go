package embed_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluicegate/sluice/cache/embed"
)

// words holds words of every kind that the embedder treats differently.
var words = strings.Fields(`the parcel's courier arrived didn't Refunded CITIES ROCK'N'ROLL passes using used stopped sled ox a I
	three first can you tell me kilometres x1 42 3.5 c++ user_name re-use well-known o'clock' ''' 'quoted' don’t naïve Straße ÉCOLE żółw
	今天 怎么 重置 密码 什么 能不能 コーヒー 한국어 ３ ½ ﷺ ＡＢＣ internationalisation pneumonoultramicroscopicsilicovolcanoconiosis
	supercalifragilisticexpialidociousandthensomemoreletters aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
	abcdefg abcdefgh abcdefghi sevenths eighties nineteen's ies sss ing sing string needed lies dies tes bes abe - -- . ; () [EMAIL_1]`)

// TestGoldenVectors pins the vectors to the last bit: snapshots hold vectors of earlier
// versions under the same model name.
func TestGoldenVectors(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	sum := sha256.New()
	for range 500 {
		var b strings.Builder
		for range r.IntN(60) {
			b.WriteString(words[r.IntN(len(words))])
			b.WriteString([]string{" ", " ", " ", " ", ", ", ". ", "\n", "", "\x00", "\xff"}[r.IntN(10)])
		}
		vs, err := embed.Builtin{}.Embed(context.Background(), []string{b.String()})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range vs[0] {
			_ = binary.Write(sum, binary.LittleEndian, math.Float32bits(x))
		}
	}
	const want = "d8f34e7883d569561fa02cebc1b6687ef6b977d9cc16846460ca530bc35705f6"
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		t.Errorf("the vectors' hash is %s, want %s", got, want)
	}
}

package action

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/sluicegate/sluice/gateway"
)

// Amounts are in USD: of units of tokens per million, of all others per piece.
type Amounts struct {
	Input          *USD `json:"input,omitempty"`
	Output         *USD `json:"output,omitempty"`
	CacheRead      *USD `json:"cache_read,omitempty"`
	CacheWrite     *USD `json:"cache_write,omitempty"` // kept for 5 minutes
	CacheWrite1h   *USD `json:"cache_write_1h,omitempty"`
	Reasoning      *USD `json:"reasoning,omitempty"`
	AudioInput     *USD `json:"audio_input,omitempty"`
	AudioCacheRead *USD `json:"audio_cache_read,omitempty"`
	AudioOutput    *USD `json:"audio_output,omitempty"`
	ImageInput     *USD `json:"image_input,omitempty"`
	ImageCacheRead *USD `json:"image_cache_read,omitempty"`
	ImageOutput    *USD `json:"image_output,omitempty"`
	VideoInput     *USD `json:"video_input,omitempty"`
	WebSearch      *USD `json:"web_search,omitempty"` // per search; as all that follow, per piece
	Image          *USD `json:"image,omitempty"`
	CharacterInput *USD `json:"character_input,omitempty"`
	SecondInput    *USD `json:"second_input,omitempty"`
	Second         *USD `json:"second,omitempty"`
	Query          *USD `json:"query,omitempty"`
	Page           *USD `json:"page,omitempty"`
	Request        *USD `json:"request,omitempty"`
}

// of is the field of a unit.
func (a *Amounts) of(unit gateway.Unit) **USD {
	return map[gateway.Unit]**USD{
		gateway.UnitInput: &a.Input, gateway.UnitOutput: &a.Output, gateway.UnitCacheRead: &a.CacheRead, gateway.UnitCacheWrite: &a.CacheWrite,
		gateway.UnitCacheWrite1h: &a.CacheWrite1h, gateway.UnitReasoning: &a.Reasoning, gateway.UnitAudioInput: &a.AudioInput, gateway.UnitAudioCacheRead: &a.AudioCacheRead,
		gateway.UnitAudioOutput: &a.AudioOutput, gateway.UnitImageInput: &a.ImageInput, gateway.UnitImageCacheRead: &a.ImageCacheRead, gateway.UnitImageOutput: &a.ImageOutput,
		gateway.UnitVideoInput: &a.VideoInput, gateway.UnitSearch: &a.WebSearch, gateway.UnitImage: &a.Image, gateway.UnitInputCharacter: &a.CharacterInput,
		gateway.UnitInputSecond: &a.SecondInput, gateway.UnitOutputSecond: &a.Second, gateway.UnitQuery: &a.Query, gateway.UnitPage: &a.Page, gateway.UnitRequest: &a.Request,
	}[unit]
}

func amountsOf(amounts map[gateway.Unit]int64) (out Amounts) {
	for unit, n := range amounts {
		usd := USD(n)
		*out.of(unit) = &usd
	}
	return out
}

// Price is a price of one's own.
type Price struct {
	Amounts
	Conditions []PriceCondition `json:"conditions,omitempty"`
}

// PriceCondition is what units cost under a condition that the answer tells. Others cost what they do
// without it.
type PriceCondition struct {
	Tier    string `json:"tier,omitempty"`
	Region  string `json:"region,omitempty"`
	Size    string `json:"size,omitempty"`    // of images and videos: 1024x1792, 1080p
	Quality string `json:"quality,omitempty"` // of images: hd
	Over    int64  `json:"over,omitempty"`    // tokens of input that the prompt has more than
	Amounts
}

// PriceOf shows a price.
func PriceOf(p gateway.Price) Price {
	amounts, conditions := p.Parts()
	out := Price{Amounts: amountsOf(amounts)}
	for _, c := range conditions {
		out.Conditions = append(out.Conditions, PriceCondition{c.Tier, c.Region, c.Size, c.Quality, c.Over, amountsOf(c.Amounts)})
	}
	return out
}

// ReadPrice reads the price v of the field name: amounts by unit, and conditions. Input and output must
// be given, unless a unit that is billed by the piece is.
func ReadPrice(f *Form, name string, v gjson.Result) *gateway.Price {
	if !v.IsObject() {
		f.Wrong(name, "must be an object with input and output")
		return nil
	}
	in := Inside(v)
	var conditions []gateway.PriceCondition
	if list, ok := in.Take("conditions", false); ok {
		if !list.IsArray() {
			in.Wrong("conditions", "must be a list of objects")
		}
		for i, e := range list.Array() {
			at := "conditions[" + strconv.Itoa(i) + "]"
			if !e.IsObject() {
				in.Wrong(at, "must be an object")
				continue
			}
			one := Inside(e)
			c := gateway.PriceCondition{Terms: gateway.Terms{Tier: one.Text("tier", false), Region: one.Text("region", false), Size: one.Text("size", false), Quality: one.Text("quality", false)}}
			if over, ok := one.Take("over", false); ok {
				if c.Over = over.Int(); over.Type != gjson.Number || over.Raw != strconv.FormatInt(c.Over, 10) || c.Over < 1 {
					one.Wrong("over", "must be a number of tokens from 1")
				}
			}
			c.Amounts = one.amounts(false)
			in.Close(at, one)
			conditions = append(conditions, c)
		}
	}
	amounts := in.amounts(true)
	f.Close(name, in)
	if len(in.problems) > 0 {
		return nil
	}
	p, err := gateway.NewPrice(amounts, conditions)
	if err != nil {
		e := gateway.AsError(err)
		f.Wrong(name+"."+e.Param, strings.TrimSuffix(strings.TrimPrefix(e.Public, "The field '"+e.Param+"' "), "."))
		return nil
	}
	return &p
}

// amounts reads the units that are given. complete: those of tokens must be, unless pieces are.
func (f *Form) amounts(complete bool) map[gateway.Unit]int64 {
	out := map[gateway.Unit]int64{}
	for _, unit := range gateway.Units {
		if !unit.PerMillion() && f.Given(string(unit)) {
			complete = false
		}
	}
	for _, unit := range gateway.Units {
		required := complete && (unit == gateway.UnitInput || unit == gateway.UnitOutput)
		if n := f.Nano(string(unit), required); n != nil {
			out[unit] = *n
		}
	}
	return out
}

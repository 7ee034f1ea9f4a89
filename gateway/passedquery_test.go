package gateway

import "testing"

func TestPassedQuery(t *testing.T) {
	p := &PassThrough{Query: "limit=20&q=to+a%40b%26c&&x&%71=%C3%A9"}
	list, err := p.Parameters()
	if err != nil {
		t.Fatal(err)
	}
	if list[1].Name != "q" || list[1].Value != "to a@b&c" || list[3].Name != "x" || list[3].Value != "" || list[4].Name != "q" || list[4].Value != "é" {
		t.Errorf("%+v", list)
	}
	list[1] = list[1].With("to [EMAIL_1]&c")
	if p.SetParameters(list); p.Query != "limit=20&q=to+%5BEMAIL_1%5D%26c&&x&%71=%C3%A9" {
		t.Error(p.Query)
	}
	for _, query := range []string{"q=%", "q=%4", "%zz=1", "a=1&q=%G0"} {
		if _, err := (&PassThrough{Query: query}).Parameters(); err == nil {
			t.Error(query)
		}
	}
}

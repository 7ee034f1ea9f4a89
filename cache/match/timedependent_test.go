package match

import "testing"

func TestTimeDependent(t *testing.T) {
	for text, want := range map[string]bool{
		"What is the weather in Oslo TODAY?": true, "who is the latest winner": true, "What’s on this weekend?": true, "today's news": true,
		"What time is it?": true, "今天北京的天气怎么样": true, "最新的手机": true, "现在几点": true,
		"How do I reset my password?": false, "Who wrote Hamlet?": false, "What is the last word of the Bible?": false,
		"How many times did she win?": false, "I know the answer": false, "怎么重置密码": false, "": false,
	} {
		if got := TimeDependent(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

package gateway

import (
	"strconv"

	"github.com/tidwall/gjson"
)

// roleOf gives the role of messages[i].
func roleOf(raw []byte, i int) string {
	return gjson.GetBytes(raw, "messages."+strconv.Itoa(i)+".role").String()
}

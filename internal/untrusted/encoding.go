package untrusted

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// UTF8 gives the content without a byte order mark, and as UTF-8 where the mark says that it is
// UTF-16, as Windows writes it. It is not ok when that breaks off.
func UTF8(content []byte) (text []byte, ok bool) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(content, []byte("\xEF\xBB\xBF")):
		return content[3:], true
	case bytes.HasPrefix(content, []byte("\xFF\xFE")):
		order = binary.LittleEndian
	case bytes.HasPrefix(content, []byte("\xFE\xFF")):
		order = binary.BigEndian
	default:
		return content, true
	}
	if len(content)%2 != 0 {
		return nil, false
	}
	units := make([]uint16, 0, len(content)/2)
	for i := 2; i < len(content); i += 2 {
		units = append(units, order.Uint16(content[i:]))
	}
	return []byte(string(utf16.Decode(units))), true
}

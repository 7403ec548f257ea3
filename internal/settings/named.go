package settings

import (
	"fmt"
	"reflect"
)

// Named is a setting by its key in the file.
type Named struct {
	Key   string
	Value string
}

// Changed lists the settings that are not at their defaults, in the order of the struct.
// A value may hold credentials.
func (s Settings) Changed() []Named {
	fallbacks := map[string]string{}
	for _, k := range keys() {
		fallbacks[k.name] = fmt.Sprint(k.fallback)
	}
	var changed []Named
	values := reflect.ValueOf(s)
	for field, value := range values.Fields() {
		key := field.Tag.Get("mapstructure")
		if text := fmt.Sprint(value.Interface()); key != "-" && text != fallbacks[key] {
			changed = append(changed, Named{key, text})
		}
	}
	return changed
}

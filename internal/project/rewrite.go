package project

import "reflect"

// rewritten is a deep copy of v in which every string went through change.
// Tokens may stand wherever a config may have text, so the walk leaves out
// nothing but the keys of maps.
func rewritten[T any](v T, change func(string) string) T {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	rewrite(out, reflect.ValueOf(&v).Elem(), change)
	return out.Interface().(T)
}

func rewrite(to, from reflect.Value, change func(string) string) {
	switch from.Kind() {
	case reflect.String:
		to.SetString(change(from.String()))
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(from.Type().Elem()))
			rewrite(to.Elem(), from.Elem(), change)
		}
	case reflect.Interface:
		if !from.IsNil() {
			value := reflect.New(from.Elem().Type()).Elem()
			rewrite(value, from.Elem(), change)
			to.Set(value)
		}
	case reflect.Struct:
		to.Set(from) // what is not exported is copied as it is
		for i := range from.NumField() {
			if from.Type().Field(i).IsExported() {
				rewrite(to.Field(i), from.Field(i), change)
			}
		}
	case reflect.Slice:
		if !from.IsNil() {
			to.Set(reflect.MakeSlice(from.Type(), from.Len(), from.Len()))
			for i := range from.Len() {
				rewrite(to.Index(i), from.Index(i), change)
			}
		}
	case reflect.Map:
		rewriteMap(to, from, change)
	default:
		to.Set(from)
	}
}

func rewriteMap(to, from reflect.Value, change func(string) string) {
	if from.IsNil() {
		return
	}
	to.Set(reflect.MakeMapWithSize(from.Type(), from.Len()))
	for entry := from.MapRange(); entry.Next(); {
		value := reflect.New(from.Type().Elem()).Elem()
		rewrite(value, entry.Value(), change)
		to.SetMapIndex(entry.Key(), value)
	}
}

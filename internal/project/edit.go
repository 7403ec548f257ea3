package project

import (
	"maps"
	"reflect"
	"slices"

	"github.com/compose-spec/compose-go/v2/types"

	"github.com/devup-cli/devup/internal/symbol"
)

// Edit gives a copy of the project that edit has changed; p stays as it is. The copy
// shares nothing with p that edit could reach, so edit may write into it anywhere.
func (p *Project) Edit(edit func(*Project)) *Project {
	own := p.Rewrite(func(s string) string { return s })
	edit(own)
	return own
}

// Without gives a copy of the project in which the named services are not selected. Their ports
// stay theirs: a service that publishes one for them does not listen there itself.
func (p *Project) Without(names ...string) *Project {
	return p.Edit(func(own *Project) {
		own.others = types.Services{}
		maps.Copy(own.others, p.others)
		for _, name := range names {
			if s, found := own.Services[name]; found {
				own.others[name] = s
			}
		}
		own.Project = own.WithServicesDisabled(names...)
	})
}

// Rewrite gives a copy of the project in which every text went through change. Like the one
// of [Project.Edit] it shares nothing with p that could be written to.
func (p *Project) Rewrite(change func(string) string) *Project {
	own := *p
	own.Project, own.Extensions = rewritten(p.Project, change), rewritten(p.Extensions, change)
	own.Gateway, own.declared = rewritten(p.Gateway, change), rewritten(p.declared, change)
	own.Notes = slices.Clone(p.Notes)
	return &own
}

// AllPublic gives a copy in which every service may be opened to the internet, as if
// x-devup said public: true everywhere but at those that only hold data: who means these
// too has to write it.
func (p *Project) AllPublic() *Project {
	return p.Edit(func(own *Project) {
		for name, x := range own.Extensions {
			x.Public = x.Public || !holdsData(own.Services[name].Image)
			own.Extensions[name] = x
		}
	})
}

// Declared gives a service as Docker Compose reads it from the same files: what
// devup would decide is unset, and what devup added is not there. It is for a
// project that is loaded and not resolved; the zero value comes for a service that
// the project does not have.
func (p *Project) Declared(service string) types.ServiceConfig {
	s := rewritten(p.Services[service], func(text string) string { return symbol.Fill(text, symbol.NoValue) })
	s.Name = service
	s.Volumes = s.Volumes[:len(s.Volumes)-p.kept[service]]
	for _, name := range p.injected[service] {
		delete(s.Environment, name)
	}
	s.EnvFiles, s.LabelFiles = nil, nil // Compose drops them once it has read them
	return s
}

// WithScale gives a copy of the project in which services have other numbers of
// containers than the files say. Names that are no services of it are ignored.
func (p *Project) WithScale(scale map[string]int) *Project {
	if len(scale) == 0 {
		return p
	}
	return p.Edit(func(own *Project) {
		for name, number := range scale {
			s, ok := own.Services[name]
			if !ok {
				continue
			}
			s.Scale = &number
			if s.Deploy != nil { // the two must not contradict each other
				s.Deploy.Replicas = &number
			}
			own.Services[name] = s
		}
	})
}

// Redeclare takes over what a change made of a service's environment into what is shown as
// declared: values of env files that did not change stay out of it. It is for use in the copy
// that [Project.Rewrite] makes.
func (p *Project) Redeclare(service string, after, before types.MappingWithEquals) {
	declared := p.declared[service]
	for key, value := range declared {
		if value != nil {
			declared[key] = after[key]
		}
	}
	for key, value := range after {
		if old, had := before[key]; value == nil || had && (old == nil || *value == *old) {
			continue
		}
		if declared == nil {
			declared = types.MappingWithEquals{}
		}
		declared[key] = value
	}
	if declared != nil {
		p.declared[service] = declared
	}
}

// AddEnvironment gives a service more variables, and is for use in [Project.Edit]. A
// variable that the service has already stays as it is.
func (p *Project) AddEnvironment(service string, variables map[string]string) {
	s, ok := p.Services[service]
	if !ok {
		return
	}
	s.Environment = with(s.Environment, variables)
	p.Services[service] = s
	if p.declared == nil {
		p.declared = map[string]types.MappingWithEquals{}
	}
	p.declared[service] = with(p.declared[service], variables)
}

// with adds variables to those that are there.
func with(environment types.MappingWithEquals, added map[string]string) types.MappingWithEquals {
	all := types.MappingWithEquals{}
	for name, value := range added {
		all[name] = &value
	}
	maps.Copy(all, environment)
	return all
}

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

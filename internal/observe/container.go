package observe

import (
	"strconv"
	"strings"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/moby/api/types/container"

	"github.com/devup-cli/devup/internal/plan"
)

func containerOf(s container.Summary) plan.Container {
	c := plan.Container{
		ID: s.ID, Name: NameOf(s), State: string(s.State), ExitCode: exitCode(s.Status), Image: imageOf(s),
		Service: s.Labels[plan.LabelService], Hash: s.Labels[plan.LabelHash],
		Fields: s.Labels[plan.LabelFields], Cause: s.Labels[plan.LabelCause], Moved: s.Labels[plan.LabelMoved], Created: s.Created, Inputs: s.Labels[plan.LabelInputs],
		ImageVolumes: s.Labels[plan.LabelImageVolumes],
		Replaces:     s.Labels[plan.LabelReplace], WorkingDir: s.Labels[plan.LabelWorkingDir],
		OneOff: strings.EqualFold(s.Labels[plan.LabelOneOff], "true") || s.Labels[plan.LabelHook] != "",
		Hook:   s.Labels[plan.LabelHook] != "",
	}
	c.Number, _ = strconv.Atoi(s.Labels[plan.LabelNumber]) // 0 for a container without a number
	c.Health = healthOf(s)
	c.Joins = joins(s.HostConfig.NetworkMode)
	if s.NetworkSettings != nil {
		c.Networks = map[string]string{}
		for name, joined := range s.NetworkSettings.Networks {
			c.Networks[name] = joined.NetworkID
		}
	}
	for d := range strings.SplitSeq(s.Labels[plan.LabelDependsOn], ",") {
		name, condition, _ := strings.Cut(d, ":")
		if name == "" {
			continue
		}
		c.DependsOn = append(c.DependsOn, name)
		if what, _, _ := strings.Cut(condition, ":"); what == types.ServiceConditionHealthy || what == types.ServiceConditionCompletedSuccessfully {
			if c.Conditions == nil {
				c.Conditions = map[string]string{}
			}
			c.Conditions[name] = what
		}
		if strings.HasSuffix(condition, ":true") {
			c.Follows = append(c.Follows, name)
		}
	}
	if names := s.Labels[plan.LabelOptional]; names != "" {
		c.Optional = strings.Split(names, ",")
	}
	for _, m := range s.Mounts {
		c.Mounts = append(c.Mounts, plan.Mount{Type: string(m.Type), Name: m.Name, Source: m.Source, Target: m.Destination})
	}
	for _, p := range s.Ports {
		if p.PublicPort != 0 {
			c.Ports = append(c.Ports, plan.PublishedPort{HostIP: p.IP.String(), Public: int(p.PublicPort), Target: int(p.PrivatePort), Protocol: p.Type})
		}
	}
	return c
}

// joins is the container in a network mode, if it is of that kind.
func joins(mode string) string {
	id, of := strings.CutPrefix(mode, "container:")
	if !of {
		return ""
	}
	return id
}

// healthOf reads the health from where the engine's version has it: a field
// since API 1.52, the human-readable status before.
func healthOf(s container.Summary) string {
	if s.Health != nil && s.Health.Status != "" && s.Health.Status != container.NoHealthcheck {
		return string(s.Health.Status)
	}
	switch {
	case strings.Contains(s.Status, "(healthy)"):
		return "healthy"
	case strings.Contains(s.Status, "(unhealthy)"):
		return "unhealthy"
	case strings.Contains(s.Status, "(health: starting)"):
		return "starting"
	default:
		return ""
	}
}

// imageOf is the ID of a container's image as [Images] gives it.
func imageOf(s container.Summary) string {
	if s.ImageManifestDescriptor != nil {
		return s.ImageManifestDescriptor.Digest.String()
	}
	return s.ImageID
}

// NameOf is the container's own name: names through legacy links hold a second slash.
// Empty where the engine names none.
func NameOf(c container.Summary) string {
	for _, name := range c.Names {
		if name = strings.TrimPrefix(name, "/"); !strings.Contains(name, "/") {
			return name
		}
	}
	return ""
}

// sameZone is a time of the engine as it is also told by one in another time zone.
func sameZone(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return text
	}
	return at.UTC().Format(time.RFC3339)
}

// exitCode reads the code out of what the engine says of a container: "Exited (3) 2
// minutes ago". It is 0 for one that runs.
func exitCode(status string) int {
	_, rest, _ := strings.Cut(status, "(")
	number, _, found := strings.Cut(rest, ")")
	code, err := strconv.Atoi(number)
	if !found || err != nil {
		return 0
	}
	return code
}

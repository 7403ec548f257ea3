package ports

import "github.com/devup-cli/devup/internal/project"

// Assign is assign without a strict request.
func Assign(wanted []project.Port, taken []Holder, remembered map[project.PortKey]int) (map[project.PortKey]int, []Move, error) {
	return assign(Request{Wanted: wanted, Remembered: remembered}, taken)
}

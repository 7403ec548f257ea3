package ports

import (
	"strconv"
	"strings"
)

// readLsof fills in the processes that hold the ports, from what `lsof -F pcn` prints: for
// each process a line pPID and cNAME, and for each of its sockets nADDRESS:PORT.
func readLsof(text string, held []Holder) {
	var process string
	var pid int
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			continue
		}
		switch value := line[1:]; line[0] {
		case 'p':
			pid, _ = strconv.Atoi(value) // 0 for what is no number: not known
		case 'c':
			process = value
		case 'n':
			port := value[strings.LastIndexByte(value, ':')+1:]
			for i := range held {
				if held[i].PID == 0 && strconv.Itoa(held[i].Port) == port {
					held[i].Process, held[i].PID = process, pid
				}
			}
		}
	}
}

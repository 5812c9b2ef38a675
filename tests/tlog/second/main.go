// A second opinion on our log: the code of Go's checksum database (x/mod, sumdb/tlog and sumdb/note), which shares
// nothing with ours. Reads one JSON object a line and answers each with one.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	Do, Note, Dir, Leaf, Root, OldRoot string
	Vkeys, Proof                       []string
	Size, Index, Old                   int64
}

type answer struct {
	Ok    bool     `json:"ok"`
	Why   string   `json:"why"`
	Text  string   `json:"text"`
	Names []string `json:"names"`
	Proof []string `json:"proof"`
}

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	found := make([]tlog.Hash, len(indexes))
	for at, index := range indexes {
		if index >= int64(len(m)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		found[at] = m[index]
	}
	return found, nil
}

func hashOf(text string) (tlog.Hash, error) { return tlog.ParseHash(text) }

func proofOf(lines []string) ([]tlog.Hash, error) {
	var found []tlog.Hash
	for _, line := range lines {
		one, err := hashOf(line)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

func shown(proof []tlog.Hash) (found []string) {
	for _, one := range proof {
		found = append(found, base64.StdEncoding.EncodeToString(one[:]))
	}
	return found
}

// entries reads the bundles of a log of that size.
func entries(dir string, size int64) ([][]byte, error) {
	var found [][]byte
	for number := int64(0); number*256 < size; number++ {
		tile := tlog.Tile{H: 8, L: -1, N: number, W: int(min(256, size-number*256))}
		name := strings.Replace(tile.Path(), "tile/8/data/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		for len(data) > 0 {
			if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("%s is cut short", name)
			}
			length := 2 + int(binary.BigEndian.Uint16(data))
			found, data = append(found, data[2:length]), data[length:]
		}
	}
	if int64(len(found)) != size {
		return nil, fmt.Errorf("%d entries, not %d", len(found), size)
	}
	return found, nil
}

// tree recomputes every hash of a log from its entries, and compares every tile with the file.
func tree(q question) (memory, error) {
	all, err := entries(q.Dir, q.Size)
	if err != nil {
		return nil, err
	}
	var stored memory
	for at, entry := range all {
		more, err := tlog.StoredHashesForRecordHash(int64(at), tlog.RecordHash(entry), stored)
		if err != nil {
			return nil, err
		}
		stored = append(stored, more...)
	}
	for _, tile := range tlog.NewTiles(8, 0, q.Size) {
		expected, err := tlog.ReadTileData(tile, stored)
		if err != nil {
			return nil, err
		}
		name := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(q.Dir, name))
		if err != nil || !bytes.Equal(data, expected) {
			return nil, fmt.Errorf("%s is not what the entries give: %v", name, err)
		}
	}
	root, err := tlog.TreeHash(q.Size, stored)
	if err != nil || root.String() != q.Root {
		return nil, fmt.Errorf("the root is %v, %v", root, err)
	}
	return stored, nil
}

func open(q question) (answer, error) {
	var known []note.Verifier
	for _, vkey := range q.Vkeys {
		verifier, err := note.NewVerifier(vkey)
		if err != nil {
			return answer{}, err
		}
		known = append(known, verifier)
	}
	opened, err := note.Open([]byte(q.Note), note.VerifierList(known...))
	if err != nil {
		return answer{}, err
	}
	said := answer{Text: opened.Text}
	for _, signature := range opened.Sigs {
		said.Names = append(said.Names, signature.Name)
	}
	return said, nil
}

func reply(q question) (said answer, err error) {
	root, badRoot := hashOf(q.Root)
	old, badOld := hashOf(q.OldRoot)
	leaf, badLeaf := hashOf(q.Leaf)
	proof, badProof := proofOf(q.Proof)
	switch q.Do {
	case "note":
		return open(q)
	case "inclusion":
		if err := first(badRoot, badLeaf, badProof); err != nil {
			return said, err
		}
		return said, tlog.CheckRecord(proof, q.Size, root, q.Index, leaf)
	case "consistency":
		if err := first(badRoot, badOld, badProof); err != nil {
			return said, err
		}
		return said, tlog.CheckTree(proof, q.Size, root, q.Old, old)
	}
	stored, err := tree(q)
	if err != nil || q.Do == "audit" {
		return said, err
	}
	if q.Do == "prove" {
		made, err := tlog.ProveRecord(q.Size, q.Index, stored)
		return answer{Proof: shown(made)}, err
	}
	made, err := tlog.ProveTree(q.Size, q.Old, stored)
	return answer{Proof: shown(made)}, err
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func main() {
	in := bufio.NewReader(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var q question
		said := answer{}
		if err := json.Unmarshal(line, &q); err != nil {
			said.Why = err.Error()
		} else if said, err = reply(q); err != nil {
			said.Why = err.Error()
		} else {
			said.Ok = true
		}
		out.Encode(said)
	}
}

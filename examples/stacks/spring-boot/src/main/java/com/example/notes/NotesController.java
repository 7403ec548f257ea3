package com.example.notes;

import org.springframework.data.domain.Sort;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;

@Controller
public class NotesController {
    private static final String TITLE = "Notes";

    private final NoteRepository notes;

    public NotesController(NoteRepository notes) {
        this.notes = notes;
    }

    @GetMapping("/")
    public String index(Model model) {
        model.addAttribute("title", TITLE);
        model.addAttribute("notes", notes.findAll(Sort.by("id")));
        return "notes";
    }

    @PostMapping("/notes")
    public String add(@RequestParam String text) {
        notes.save(new Note(text));
        return "redirect:/";
    }
}

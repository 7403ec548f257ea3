import { HttpClient } from '@angular/common/http';
import { Component, inject, signal } from '@angular/core';

const title: string = 'Notes';

@Component({
  selector: 'app-root',
  template: `
    <h1>{{ title }}</h1>
    <form (submit)="add($event, text.value)"><input name="text" #text><button>Add</button></form>
    <ul>
      @for (note of notes(); track $index) { <li>{{ note }}</li> }
    </ul>
  `,
})
export class App {
  private readonly http = inject(HttpClient);
  protected readonly title = title;
  protected readonly notes = signal<string[]>([]);

  constructor() {
    this.load();
  }

  protected add(event: Event, text: string) {
    event.preventDefault();
    this.http.post('/api/notes', { text }).subscribe(() => this.load());
  }

  private load() {
    this.http.get<string[]>('/api/notes').subscribe((notes) => this.notes.set(notes));
  }
}

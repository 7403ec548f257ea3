import { Body, Controller, Get, Post, Redirect } from '@nestjs/common';
import { NotesService } from './notes.service';

const title = 'Notes';

@Controller()
export class NotesController {
  constructor(private readonly notes: NotesService) {}

  @Get()
  async page() {
    const items = (await this.notes.all()).map((text) => `<li>${text}</li>`).join('');
    return `<h1>${title}</h1>
<form method="post" action="/notes"><input name="text"><button>Add</button></form>
<ul>${items}</ul>`;
  }

  @Post('notes')
  @Redirect('/', 303)
  async add(@Body('text') text: string) {
    await this.notes.add(text);
  }
}

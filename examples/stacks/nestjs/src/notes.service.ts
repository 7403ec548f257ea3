import { Injectable, OnModuleInit } from '@nestjs/common';
import { Pool } from 'pg';

@Injectable()
export class NotesService implements OnModuleInit {
  private readonly db = new Pool({ connectionString: process.env.DATABASE_URL });

  async onModuleInit() {
    await this.db.query('CREATE TABLE IF NOT EXISTS notes (id SERIAL PRIMARY KEY, text TEXT NOT NULL)');
  }

  async all(): Promise<string[]> {
    const { rows } = await this.db.query('SELECT text FROM notes ORDER BY id');
    return rows.map((row) => row.text);
  }

  async add(text: string) {
    await this.db.query('INSERT INTO notes (text) VALUES ($1)', [text]);
  }
}

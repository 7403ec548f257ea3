from django.shortcuts import redirect, render

from notes.models import Note

TITLE = "Notes"


def index(request):
    if request.method == "POST":
        Note.objects.create(text=request.POST["text"])
        return redirect("/")
    return render(request, "notes.html", {"title": TITLE, "notes": Note.objects.order_by("id")})

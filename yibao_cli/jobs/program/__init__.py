"""The program itself: is all there that it needs, its pages, its licences, a shell's Tab key."""

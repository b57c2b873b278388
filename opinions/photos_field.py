"""The one form field for photos, of residents and staff alike."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.uploads import PHOTO_MAX_COUNT, CleanPhoto, clean_photo


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class PhotosField(forms.FileField):
    """Up to six photos, each checked by content and drawn anew; the value is a list of CleanPhoto."""

    widget = _ManyFiles

    def __init__(self, **kwargs: Any) -> None:
        usual: dict[str, Any] = {"label": "照片", "required": False, "help_text": f"最多 {PHOTO_MAX_COUNT} 张"}
        super().__init__(**usual | kwargs)
        self.widget.attrs.update({"multiple": True, "accept": "image/*"})

    def clean(self, data: Any, initial: Any = None) -> list[CleanPhoto]:
        """Check count and content; the sentence says which photo is meant."""
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > PHOTO_MAX_COUNT:
            raise ValidationError(f"照片最多 {PHOTO_MAX_COUNT} 张，您选了 {len(files)} 张。请少选几张再送。")
        photos = []
        for number, file in enumerate(files, 1):
            try:
                photos.append(clean_photo(file))
            except ValidationError as error:
                raise ValidationError(f"第 {number} 张照片：{error.messages[0]}") from error
        return photos

"""Forms of sign-in and of the two administrators who write."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm

from accounts import lockout, scopes
from accounts.models import User
from accounts.roles import Role
from core.forms import PlainMixin


class InputMixin(PlainMixin):
    """Plain sentences, and the class by which the look knows a field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"


class SignInForm(InputMixin, AuthenticationForm):
    """User name and password. The refusal does not say which of the two was wrong."""

    error_messages = {"invalid_login": "用户名或密码不对。", "inactive": "用户名或密码不对。"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["password"].label = "密码"

    def clean_username(self) -> str:
        """One spelling for all counters: case and blanks around do not matter."""
        return str(self.cleaned_data["username"]).strip().lower()

    def get_invalid_login_error(self) -> forms.ValidationError:
        """The refusal, with the tries left when they become few."""
        left = lockout.tries_left(self.request, self.cleaned_data.get("username", ""))
        few = f"还可以再试 {left} 次。" if 0 < left <= 3 else ""
        return forms.ValidationError(f"用户名或密码不对，请再输一遍。{few}", code="invalid_login")


class OwnPasswordForm(InputMixin, PasswordChangeForm):
    """The person's own new password, twice."""

    error_messages = {
        "password_mismatch": "两次输入的新密码不一样。",
        "password_incorrect": "现在的密码不对，请再输一遍。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "现在的密码"
        self.fields["new_password1"].label = "新密码"
        self.fields["new_password1"].help_text = "至少 10 个字符，不能全是数字，不要用常见密码，不要带用户名。"
        self.fields["new_password2"].label = "再输一遍新密码"
        self.fields["new_password2"].help_text = ""

    def clean(self) -> dict[str, Any]:
        """A new password that is the old one changes nothing."""
        cleaned = super().clean()
        new = cleaned.get("new_password1")
        if new and new == cleaned.get("old_password"):
            self.add_error("new_password1", "新密码不能和现在的一样。")
        return cleaned


class CodeForm(InputMixin, forms.Form):
    """Six digits from the phone, or a backup code."""

    code = forms.CharField(
        label="动态口令",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}),
    )


class UserForm(InputMixin, forms.Form):
    """What the system administrator knows of a new person."""

    username = forms.CharField(label="用户名", max_length=32, help_text="3 到 32 个字母、数字、点、横线，以字母开头。")
    name = forms.CharField(label="姓名", max_length=50)
    region_code = forms.CharField(
        label="所属区划", max_length=12, required=False, help_text="不选就是您负责的整个区划。"
    )
    phone = forms.CharField(label="手机号", max_length=20, required=False, help_text="只用于给本人发短信通知。")
    email = forms.EmailField(label="邮箱", required=False)

    def __init__(self, *args: Any, within: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields, ("region_code",), within)


class GrantForm(InputMixin, forms.Form):
    """A role and what it is tied to; stations, units and regions are offered where their apps list them."""

    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *Role.choices])
    region_code = forms.CharField(label="区划", required=False, help_text="除站点工作人员、责任单位经办人外都要填。")
    station_code = forms.CharField(label="站点", required=False, help_text="站点工作人员要填。")
    unit_code = forms.CharField(label="责任单位", required=False, help_text="责任单位经办人要填。")

    def __init__(self, *args: Any, within: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields, ("region_code", "station_code", "unit_code"), within)


def _offer(fields: dict[str, forms.Field], names: tuple[str, ...], within: tuple[str, ...]) -> None:
    """Let one choose among what lies inside the administrator's own region; the service checks it again."""
    for name in names:
        offered = scopes.within(name, within)
        if offered:
            pairs = [("", "不选"), *((scope.code, scope.label) for scope in offered)]
            fields[name].widget = forms.Select(choices=pairs, attrs={"class": "input"})


class UserSearchForm(InputMixin, forms.Form):
    """Filters of the list of accounts; they live in the address bar."""

    q = forms.CharField(label="姓名或用户名", required=False, max_length=50)
    role = forms.ChoiceField(label="角色", required=False, choices=[("", "全部角色"), *Role.choices])
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("active", "可登录"), ("disabled", "已停用")]
    )

    def narrow(self, users: Any) -> Any:
        """`users` cut by the filters; none at all for an unusable value."""
        if not self.is_valid():
            return users.none()
        words, role, state = (self.cleaned_data[name] for name in ("q", "role", "state"))
        if words:
            users = users.filter(username__icontains=words) | users.filter(name__icontains=words)
        if role:
            users = users.filter(pk__in=User.objects.with_role(role).values("pk"))
        if state:
            users = users.filter(is_active=state == "active")
        return users

"""Forms of the delivery rules, the texts and the groups."""

from typing import Any

from django import forms

from accounts import scopes
from accounts.forms import InputMixin
from accounts.models import Role, User
from notices import wecom
from notices.models import DeliveryRules, GroupRobot

Scope = GroupRobot.Scope
_COLUMNS = {Scope.STATION: "station_code", Scope.UNIT: "unit_code", Scope.COUNTY: "region_code"}
_COUNTY_DIGITS = 6


class DeliveryRulesForm(InputMixin, forms.ModelForm):
    """The numbers of delivery, each with its sentence."""

    class Meta:
        model = DeliveryRules
        fields = ("quiet_from", "quiet_until", "digest_at", "digest_minutes", "max_attempts", "erase_after_days")
        widgets = {
            name: forms.TimeInput(format="%H:%M", attrs={"type": "time"})
            for name in ("quiet_from", "quiet_until", "digest_at")
        }


class NoticeTextForm(InputMixin, forms.Form):
    """One text of the county's."""

    text = forms.CharField(
        label="文字",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "请写文字；想用原来的，请按“恢复原文”。"},
    )


class GroupRobotForm(InputMixin, forms.Form):
    """A group and its robot's address. The address is never shown again; left empty it stays."""

    place = forms.ChoiceField(label="谁的群", help_text="只收这个站点、单位或全县的事。")
    name = forms.CharField(label="群名称", max_length=40, help_text="自己认得出就行，例如“洺南街道站工作群”。")
    address = forms.CharField(
        label="机器人地址",
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"}),
    )
    is_active = forms.BooleanField(label="往这个群发", required=False, initial=True)

    def __init__(self, *args: Any, robot: GroupRobot | None, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = robot
        self._places = places_of(user)
        fields = self.fields
        fields["place"].choices = _choices(self._places)
        fields["is_active"].widget.attrs.pop("class", None)
        how = "在群里点“添加群机器人”，把给出的 Webhook 地址整个贴过来。有了它谁都能往群里发，存好后不再显示。"
        if robot is not None:
            how = f"现在的地址末四位是 {robot.address[-4:]}。不换就空着。"
            stored = {"place": robot.place, "name": robot.name, "is_active": robot.is_active}
            self.initial = {**self.initial, **stored}
        fields["address"].help_text = how

    def clean_address(self) -> str:
        """An address of a group's robot and of nothing else; left empty a known robot keeps its own."""
        address = str(self.cleaned_data["address"]).strip()
        if not address and self.known is not None:
            return ""
        if not wecom.is_webhook(address):
            raise forms.ValidationError("这不是群机器人的 Webhook 地址，请从企业微信里整个复制过来。")
        return address

    def robot(self) -> GroupRobot:
        """The robot with what was typed, not stored yet."""
        robot = self.known or GroupRobot()
        typed = self.cleaned_data
        robot.scope, _, robot.code = typed["place"].partition(":")
        robot.region_code = self._places[typed["place"]].region_code
        robot.name, robot.is_active = typed["name"], typed["is_active"]
        robot.address = typed["address"] or robot.address
        return robot


def places_of(user: User) -> dict[str, scopes.Scope]:
    """The county, stations and units of somebody's region, by the name that a group has."""
    prefixes = user.prefixes(Role.COUNTY_STAFF)
    found: dict[str, scopes.Scope] = {}
    for scope in (Scope.COUNTY, Scope.STATION, Scope.UNIT):
        for choice in scopes.choices(_COLUMNS[scope]) or ():
            is_county = scope != Scope.COUNTY or len(choice.code) == _COUNTY_DIGITS
            if is_county and choice.region_code.startswith(prefixes):
                found[f"{scope.value}:{choice.code}"] = choice
    return found


def labels_of_places(user: User) -> dict[str, str]:
    """What the places are called."""
    return {place: _label(place, choice) for place, choice in places_of(user).items()}


def _label(place: str, choice: scopes.Scope) -> str:
    return choice.label.removeprefix(f"{choice.code} ") if place.startswith(Scope.COUNTY) else choice.label


def _choices(places: dict[str, scopes.Scope]) -> list[Any]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for place, choice in places.items():
        group = Scope(place.partition(":")[0]).label
        groups.setdefault(str(group), []).append((place, _label(place, choice)))
    return [("", "请选择"), *groups.items()]

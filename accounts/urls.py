"""Addresses under /accounts/."""

from django.urls import path

from accounts.views import audit, otp, signin, users

app_name = "accounts"

urlpatterns = [
    path("", signin.Mine.as_view(), name="mine"),
    path("login/", signin.SignIn.as_view(), name="login"),
    path("logout/", signin.SignOut.as_view(), name="logout"),
    path("password/", signin.OwnPassword.as_view(), name="password"),
    path("otp/", otp.Start.as_view(), name="otp"),
    path("otp/verify/", otp.Verify.as_view(), name="otp_verify"),
    path("otp/enrol/", otp.Enrol.as_view(), name="otp_enrol"),
    path("otp/enrol/qr.png", otp.EnrolPicture.as_view(), name="otp_picture"),
    path("otp/codes/", otp.FreshCodes.as_view(), name="otp_codes"),
    path("users/", users.UserList.as_view(), name="users"),
    path("users/new/", users.UserCreate.as_view(), name="create_user"),
    path("users/<int:pk>/", users.UserDetail.as_view(), name="user"),
    path("users/<int:pk>/disable/", users.Disable.as_view(), name="disable_user"),
    path("users/<int:pk>/enable/", users.Enable.as_view(), name="enable_user"),
    path("users/<int:pk>/unlock/", users.Unlock.as_view(), name="unlock_user"),
    path("users/<int:pk>/password/", users.ResetPassword.as_view(), name="reset_password"),
    path("users/<int:pk>/second-factor/", users.ResetSecondFactor.as_view(), name="reset_second_factor"),
    path("users/<int:pk>/grants/new/", users.Grant.as_view(), name="grant_role"),
    path("users/<int:pk>/grants/<int:grant>/revoke/", users.Revoke.as_view(), name="revoke_role"),
    path("audit/", audit.AuditLog.as_view(), name="audit"),
    path("audit/export.csv", audit.AuditExport.as_view(), name="audit_export"),
]
